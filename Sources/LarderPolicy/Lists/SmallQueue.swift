import LarderCore

/// The queue through which S3-FIFO and LIRS let newcomers pass. Only here an entry needs its
/// fingerprint, which the ghost wants when it leaves; so the queue has nodes of its own, and the
/// other entries pay nothing.
///
/// Nodes are 16 bytes and as many as the queue ever held at once: a tenth of the entries in
/// S3-FIFO, as a rule, hence 1.6 bytes per entry where a fingerprint for every slot would take 4.
struct SmallQueue: ~Copyable {
    struct Entry: BitwiseCopyable {
        /// The slot; in a free node the next free node plus 1, or 0.
        var slot: UInt32
        var fingerprint: UInt32
    }

    /// Links between nodes, which a `SlotID` names here just as it names a slot elsewhere.
    private var links: SlotLinks
    private var order: SlotList
    private var entries: ReservedArray<Entry>
    /// First free node plus 1; 0 when there is none.
    private var firstFree: UInt32 = 0

    init(slotCapacity: Int) {
        links = SlotLinks(slotCapacity: slotCapacity, listCount: 1)
        order = links.makeList()
        entries = ReservedArray(reserving: slotCapacity)
    }

    var count: Int { order.count }

    var storageBytes: Int { links.storageBytes + entries.storageBytes }

    /// The node at the end; `nil` when the queue is empty.
    var oldest: UInt32? { order.last(in: links)?.rawValue }

    /// The slot of `node`.
    func slot(of node: UInt32) -> SlotID { SlotID(rawValue: entries[Int(node)].slot) }

    /// Puts `slot` at the front and returns its node.
    mutating func prepend(_ slot: SlotID, fingerprint: UInt32) -> UInt32 {
        let node = makeNode()
        entries[Int(node)] = Entry(slot: slot.rawValue, fingerprint: fingerprint)
        order.prepend(SlotID(rawValue: node), in: &links)
        return node
    }

    /// Takes `node` out and returns its fingerprint.
    mutating func remove(_ node: UInt32) -> UInt32 {
        order.remove(SlotID(rawValue: node), in: &links)
        let fingerprint = entries[Int(node)].fingerprint
        entries[Int(node)].slot = firstFree
        firstFree = node + 1
        return fingerprint
    }

    private mutating func makeNode() -> UInt32 {
        guard firstFree > 0 else {
            entries.grow(toCount: entries.count + 1)
            return UInt32(entries.count - 1)
        }
        let node = firstFree - 1
        firstFree = entries[Int(node)].slot
        return node
    }
}

extension SmallQueue {
    /// All nodes, oldest first. For tests.
    func nodesFromOldest() -> [UInt32] {
        order.slotsFromLast(in: links).map(\.rawValue)
    }

    func checkInvariants() throws(InvariantViolation) {
        try order.checkInvariants(in: links)
        var freeCount = 0
        var free = firstFree
        while free > 0, freeCount <= entries.count {
            freeCount += 1
            free = entries[Int(free - 1)].slot
        }
        try InvariantViolation.check(
            freeCount + count == entries.count,
            "\(freeCount) nodes are free and \(count) used, of \(entries.count)")
    }
}
