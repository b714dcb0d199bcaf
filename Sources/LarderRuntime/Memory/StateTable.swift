import LarderCore

/// The handler's state of each connection, by the place of its link. Places never move.
///
/// Which places are taken the links say; here it is trusted, since it is asked for at every event.
@safe struct StateTable<State>: ~Copyable {
    private let base: UnsafeMutablePointer<State>
    private let capacity: Int

    /// Takes address space for `capacity` states; memory follows with their number.
    init(capacity: Int) {
        self.capacity = capacity
        let byteCount = PageMemory.roundedUp(max(1, capacity * MemoryLayout<State>.stride))
        let start = unsafe PageMemory.reserve(byteCount: byteCount)
        unsafe PageMemory.commit(start, byteCount: byteCount)
        unsafe base = start.bindMemory(to: State.self, capacity: capacity)
    }

    /// All places are empty by now: the loop has closed every connection.
    deinit {
        unsafe PageMemory.release(
            UnsafeMutableRawPointer(base),
            byteCount: PageMemory.roundedUp(max(1, capacity * MemoryLayout<State>.stride)))
    }

    mutating func insert(_ state: State, at slot: Int) {
        precondition(slot >= 0 && slot < capacity, "A state has a place.")
        unsafe (base + slot).initialize(to: state)
    }

    mutating func remove(at slot: Int) -> State {
        unsafe (base + slot).move()
    }

    /// The state in a place that is taken.
    subscript(slot: Int) -> State {
        unsafeAddress { unsafe UnsafePointer(base + slot) }
        nonmutating unsafeMutableAddress { unsafe base + slot }
    }
}
