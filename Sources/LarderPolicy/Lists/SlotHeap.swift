import LarderCore

/// What a heap orders: a slot and its rank.
protocol SlotHeapNode: BitwiseCopyable {
    var slot: SlotID { get }

    /// Whether this one comes out first. No two nodes are equal.
    func isBefore(_ other: Self) -> Bool
}

/// Slots by rank, lowest rank first: a heap in which each node has four children, so that it is
/// half as high as one of two, and a node's children lie side by side.
///
/// Costs a node and 4 bytes per slot: each slot knows the place of its node.
struct SlotHeap<Node: SlotHeapNode>: ~Copyable {
    private static var arity: Int { 4 }

    /// The heap; what lies behind `count` is left over.
    private var nodes: ReservedArray<Node>
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

    /// The node of the lowest rank; `nil` when there is none.
    ///
    /// - Complexity: O(1).
    var first: Node? { count == 0 ? nil : nodes[0] }

    /// Whether `slot` is held.
    ///
    /// - Complexity: O(1).
    func contains(_ slot: SlotID) -> Bool {
        slot.index < places.count && places[slot.index] != 0
    }

    /// Adds `node`, whose slot must not be held.
    ///
    /// - Complexity: O(log `count`).
    mutating func insert(_ node: Node) {
        let slot = node.slot
        precondition(!contains(slot), "A slot is admitted once.")
        if slot.index >= places.count { places.grow(toCount: slot.index + 1) }
        if count >= nodes.count { nodes.grow(toCount: count + 1) }
        count += 1
        moveUp(node, from: count - 1)
    }

    /// Puts `node` in the place of the one of the same slot, which must be held.
    ///
    /// - Complexity: O(log `count`).
    mutating func update(_ node: Node) { replace(at: place(of: node.slot), with: node) }

    /// Takes `slot`, which must be held, out.
    ///
    /// - Complexity: O(log `count`).
    mutating func remove(_ slot: SlotID) {
        let place = place(of: slot)
        places[slot.index] = 0
        count -= 1
        guard place < count else { return }
        replace(at: place, with: nodes[count])
    }
}

extension SlotHeap {
    private func place(of slot: SlotID) -> Int {
        precondition(contains(slot), "Only a held slot can be touched or removed.")
        return Int(places[slot.index]) - 1
    }

    private mutating func replace(at place: Int, with node: Node) {
        if node.isBefore(nodes[place]) {
            moveUp(node, from: place)
        } else {
            moveDown(node, from: place)
        }
    }

    private mutating func put(_ node: Node, at place: Int) {
        nodes[place] = node
        places[node.slot.index] = UInt32(place + 1)
    }

    /// Puts `node` at `hole` or above, and what was there one below.
    private mutating func moveUp(_ node: Node, from hole: Int) {
        var hole = hole
        while hole > 0 {
            let parent = (hole - 1) / Self.arity
            let above = nodes[parent]
            if above.isBefore(node) { break }
            put(above, at: hole)
            hole = parent
        }
        put(node, at: hole)
    }

    /// Puts `node` at `hole` or below, and what was there one above.
    private mutating func moveDown(_ node: Node, from hole: Int) {
        var hole = hole
        while true {
            let start = hole * Self.arity + 1
            guard start < count else { break }
            var (least, child) = (nodes[start], start)
            for place in start + 1..<max(start + 1, min(start + Self.arity, count)) {
                let other = nodes[place]
                if other.isBefore(least) { (least, child) = (other, place) }
            }
            if node.isBefore(least) { break }
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
    /// - Throws: The first broken promise: no node ranks before its parent, slots know their
    /// places.
    func checkInvariants() throws(InvariantViolation) {
        for place in 0..<count {
            let node = nodes[place]
            let slot = node.slot
            try InvariantViolation.check(
                Int(places[slot.index]) == place + 1, "\(slot) does not know its place \(place)")
            try InvariantViolation.check(
                place == 0 || nodes[(place - 1) / Self.arity].isBefore(node),
                "\(slot) ranks before its parent")
        }
        var held = 0
        for slot in 0..<places.count where places[slot] != 0 { held += 1 }
        try InvariantViolation.check(held == count, "\(held) slots have places, not \(count)")
    }

    /// All slots held, in no order. For tests.
    func slots() -> [SlotID] { (0..<count).map { nodes[$0].slot } }
}
