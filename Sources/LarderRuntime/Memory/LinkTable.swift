import LarderCore

/// The connections of one loop, each in a place that never moves. Places are used again, lowest
/// first freed last.
@safe struct LinkTable: ~Copyable {
    private let base: UnsafeMutablePointer<LinkState>
    private let capacity: Int
    /// Places that were ever used: those below it are initialised.
    private(set) var highWater = 0
    private(set) var count = 0
    private var free: [UInt32] = []

    /// Takes address space for `capacity` links; memory follows with their number.
    init(capacity: Int) {
        self.capacity = capacity
        let byteCount = PageMemory.roundedUp(capacity * MemoryLayout<LinkState>.stride)
        let start = unsafe PageMemory.reserve(byteCount: byteCount)
        unsafe PageMemory.commit(start, byteCount: byteCount)
        unsafe base = start.bindMemory(to: LinkState.self, capacity: capacity)
    }

    deinit {
        unsafe base.deinitialize(count: highWater)
        unsafe PageMemory.release(
            UnsafeMutableRawPointer(base),
            byteCount: PageMemory.roundedUp(capacity * MemoryLayout<LinkState>.stride))
    }

    /// A place for a connection; nil when all are taken.
    mutating func insert(
        _ new: NewConnection, loop: LoopCore, now: Tick
    ) -> Link? {
        guard free.last != nil || highWater < capacity else { return nil }
        let slot = free.popLast() ?? UInt32(highWater)
        let state = unsafe LinkState(
            loop: loop, descriptor: new.descriptor, slot: slot, serial: new.serial,
            lastReceived: Moment(now), lastSent: Moment(now))
        let place = unsafe base + Int(slot)
        if Int(slot) == highWater {
            unsafe place.initialize(to: state)
            highWater += 1
        } else {
            unsafe place.pointee = state
        }
        count += 1
        return unsafe Link(place)
    }

    /// Gives the place back, with all that the connection held.
    mutating func remove(_ link: Link) {
        link.state.leftover = nil
        link.state.pending = nil
        link.state.gauge = nil
        link.state.tls = nil
        link.state.serial = 0
        link.state.descriptor = -1
        free.append(link.state.slot)
        count -= 1
    }

    /// The connection in a place; nil when it is free.
    func link(at slot: Int) -> Link? {
        precondition(slot >= 0 && slot < highWater, "A link is in the table.")
        let link = unsafe Link(base + slot)
        return link.state.serial == 0 ? nil : link
    }

    /// The connection of that name; nil when it is over.
    func link(of id: ConnectionID) -> Link? {
        guard id.slot < highWater, let link = link(at: Int(id.slot)) else { return nil }
        return link.state.serial == id.serial ? link : nil
    }
}
