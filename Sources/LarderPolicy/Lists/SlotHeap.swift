import LarderCore

/// Slots by rank, lowest rank first, and among equals the lowest slot: a heap in which each node
/// has four children, so that it is half as high as one of two and a node's children share a line.
///
/// Costs 12 bytes per slot: a node is a word with the rank above and the slot below, which also
/// makes a comparison of nodes one of integers; and each slot knows the place of its node.
struct SlotHeap: ~Copyable {
    private static let arity = 4

    /// The heap; what lies behind `count` is left over.
    private var nodes: ReservedArray<UInt64>
    /// By slot: the place of its node plus one, or 0 when it is not held.
    private var places: ReservedArray<UInt32>

    /// Number of slots held.
    private(set) var count = 0

    /// A heap for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1); memory is taken as slots appear.
    init(slotCapacity: Int) {
        nodes = ReservedArray(reserving: slotCapacity)
        places = ReservedArray(reserving: slotCapacity)
    }

    /// Bytes of memory held.
    var storageBytes: Int { nodes.storageBytes + places.storageBytes }

    /// The slot of the lowest rank; `nil` when there is none.
    ///
    /// - Complexity: O(1).
    var first: SlotID? { count == 0 ? nil : Self.slot(of: nodes[0]) }

    /// Whether `slot` is held.
    ///
    /// - Complexity: O(1).
    func contains(_ slot: SlotID) -> Bool {
        slot.index < places.count && places[slot.index] != 0
    }

    /// Adds `slot`, which must not be held.
    ///
    /// - Complexity: O(log `count`).
    mutating func insert(_ slot: SlotID, rank: UInt32) {
        precondition(!contains(slot), "A slot is admitted once.")
        if slot.index >= places.count { places.grow(toCount: slot.index + 1) }
        if count >= nodes.count { nodes.grow(toCount: count + 1) }
        count += 1
        moveUp(Self.node(slot, rank), from: count - 1)
    }

    /// Gives `slot`, which must be held, another rank.
    ///
    /// - Complexity: O(log `count`).
    mutating func setRank(of slot: SlotID, to rank: UInt32) {
        let place = place(of: slot)
        let node = Self.node(slot, rank)
        if node < nodes[place] { moveUp(node, from: place) } else { moveDown(node, from: place) }
    }

    /// Takes `slot`, which must be held, out.
    ///
    /// - Complexity: O(log `count`).
    mutating func remove(_ slot: SlotID) {
        let place = place(of: slot)
        places[slot.index] = 0
        count -= 1
        guard place < count else { return }
        let last = nodes[count]
        if last < nodes[place] { moveUp(last, from: place) } else { moveDown(last, from: place) }
    }
}

extension SlotHeap {
    private static func node(_ slot: SlotID, _ rank: UInt32) -> UInt64 {
        UInt64(rank) << 32 | UInt64(slot.rawValue)
    }

    private static func slot(of node: UInt64) -> SlotID {
        SlotID(rawValue: UInt32(truncatingIfNeeded: node))
    }

    private func place(of slot: SlotID) -> Int {
        precondition(contains(slot), "Only a held slot can be touched or removed.")
        return Int(places[slot.index]) - 1
    }

    private mutating func put(_ node: UInt64, at place: Int) {
        nodes[place] = node
        places[Self.slot(of: node).index] = UInt32(place + 1)
    }

    /// Puts `node` at `hole` or above, and what was there one below.
    private mutating func moveUp(_ node: UInt64, from hole: Int) {
        var hole = hole
        while hole > 0 {
            let parent = (hole - 1) / Self.arity
            let above = nodes[parent]
            if above < node { break }
            put(above, at: hole)
            hole = parent
        }
        put(node, at: hole)
    }

    /// Puts `node` at `hole` or below, and what was there one above.
    private mutating func moveDown(_ node: UInt64, from hole: Int) {
        var hole = hole
        while true {
            let start = hole * Self.arity + 1
            guard start < count else { break }
            var (least, child) = (nodes[start], start)
            for place in start + 1..<max(start + 1, min(start + Self.arity, count)) {
                let other = nodes[place]
                if other < least { (least, child) = (other, place) }
            }
            if node < least { break }
            put(least, at: hole)
            hole = child
        }
        put(node, at: hole)
    }
}

extension SlotHeap {
    /// For tests.
    ///
    /// - Complexity: O(slots).
    /// - Throws: The first broken promise: no node ranks before its parent, slots know their places.
    func checkInvariants() throws(InvariantViolation) {
        for place in 0..<count {
            let node = nodes[place]
            let slot = Self.slot(of: node)
            try InvariantViolation.check(
                Int(places[slot.index]) == place + 1, "\(slot) does not know its place \(place)")
            try InvariantViolation.check(
                place == 0 || nodes[(place - 1) / Self.arity] < node,
                "\(slot) ranks before its parent")
        }
        var held = 0
        for slot in 0..<places.count where places[slot] != 0 { held += 1 }
        try InvariantViolation.check(held == count, "\(held) slots have places, not \(count)")
    }

    /// All slots held, in no order. For tests.
    func slots() -> [SlotID] { (0..<count).map { Self.slot(of: nodes[$0]) } }
}
