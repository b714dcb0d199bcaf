import LarderCore

/// Hashes of entries that left, in the order of leaving, each with a note of its owner if it wants.
///
/// Unlike `Ghost`, which trades a little of the past for 13 bytes an entry, it mistakes and loses
/// nothing, and lets its owner decide when the oldest is forgotten: 30 bytes an entry, or 34 with
/// notes. Policies whose decisions hang on a single hit in here, or on its length, need that.
struct GhostQueue: ~Copyable {
    /// Links between nodes, which a `SlotID` names here just as it names a slot elsewhere.
    private var links: SlotLinks
    /// Newest first.
    private var order: SlotList
    /// By node. In a free node the next free node plus 1, or 0.
    private var hashes: ReservedArray<UInt64>
    /// By node, as far as there are any.
    private var notes: ReservedArray<UInt32>
    private var index = SlotIndex(expectedCount: 0)
    /// First free node plus 1; 0 when there is none.
    private var firstFree: UInt64 = 0

    /// An empty queue of at most `capacity` entries. At that length a new one replaces the oldest.
    ///
    /// - Complexity: O(1); memory is taken as entries appear.
    init(capacity: Int) {
        links = SlotLinks(slotCapacity: capacity, listCount: 1)
        order = links.makeList()
        hashes = ReservedArray(reserving: capacity)
        notes = ReservedArray(reserving: capacity)
    }

    var count: Int { order.count }

    var storageBytes: Int {
        links.storageBytes + hashes.storageBytes + notes.storageBytes + index.storageBytes
    }

    /// The note of the oldest; `nil` when there is none.
    var oldestNote: UInt32? { order.last(in: links).map { notes[$0.index] } }

    /// Remembers `hash` as the newest.
    ///
    /// - Complexity: Amortised O(1).
    mutating func append(_ hash: UInt64) {
        _ = appendNode(hash)
    }

    /// Remembers `hash` as the newest. An owner gives all of them notes, or none.
    ///
    /// - Complexity: Amortised O(1).
    mutating func append(_ hash: UInt64, note: UInt32) {
        let node = appendNode(hash)
        if node.index >= notes.count { notes.grow(toCount: node.index + 1) }
        notes[node.index] = note
    }

    /// Forgets `hash`. Says whether it was remembered.
    ///
    /// - Complexity: O(1) on average.
    mutating func take(_ hash: UInt64) -> Bool {
        guard count > 0, let node = node(of: hash) else { return false }
        forget(node)
        return true
    }

    /// Forgets the oldest, if there is one.
    ///
    /// - Complexity: O(1) on average.
    mutating func forgetOldest() {
        if let node = order.last(in: links) { forget(node) }
    }

    private func node(of hash: UInt64) -> SlotID? {
        index.slot(of: hash) { hashes[$0.index] == hash }
    }

    private mutating func appendNode(_ hash: UInt64) -> SlotID {
        if count == hashes.capacity { forgetOldest() }
        let node = makeNode()
        hashes[node.index] = hash
        order.prepend(node, in: &links)
        index.insert(hash, node)
        return node
    }

    private mutating func forget(_ node: SlotID) {
        order.remove(node, in: &links)
        index.remove(hashes[node.index], node)
        hashes[node.index] = firstFree
        firstFree = UInt64(node.rawValue) + 1
    }

    private mutating func makeNode() -> SlotID {
        guard firstFree > 0 else {
            hashes.grow(toCount: hashes.count + 1)
            return SlotID(rawValue: UInt32(hashes.count - 1))
        }
        let node = SlotID(rawValue: UInt32(firstFree - 1))
        firstFree = hashes[node.index]
        return node
    }
}

extension GhostQueue {
    /// For tests.
    func checkInvariants() throws(InvariantViolation) {
        try order.checkInvariants(in: links)
        for node in order.slotsFromLast(in: links) {
            let isFound = index.slot(of: hashes[node.index]) { $0 == node } != nil
            try InvariantViolation.check(isFound, "\(node) is not found by its hash")
        }
    }
}
