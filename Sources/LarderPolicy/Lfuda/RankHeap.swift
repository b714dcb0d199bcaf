import LarderCore

/// Slots in a heap of four children per node, least rank first, each of which knows its position.
///
/// Half as deep as a binary heap: a step down looks at four neighbours in one or two cache lines,
/// where that takes two steps to as many.
struct RankHeap: ~Copyable {
    /// Three words, for 12 bytes rather than 16.
    struct Node: BitwiseCopyable {
        private var rankHigh: UInt32
        private var rankLow: UInt32
        private var number: UInt32

        init(slot: SlotID, rank: UInt64) {
            (rankHigh, rankLow) = (UInt32(rank >> 32), UInt32(truncatingIfNeeded: rank))
            number = slot.rawValue
        }

        var rank: UInt64 { UInt64(rankHigh) << 32 | UInt64(rankLow) }
        var slot: SlotID { SlotID(rawValue: number) }
    }

    static var bytesPerSlot: Int { MemoryLayout<Node>.stride }

    private static let width = 4

    private var nodes: ReservedArray<Node>
    private var count = 0

    init(slotCapacity: Int) {
        nodes = ReservedArray(reserving: slotCapacity)
    }

    var storageBytes: Int { nodes.storageBytes }

    var top: Node? { count > 0 ? nodes[0] : nil }

    /// All slots, in no order.
    var slots: [SlotID] { (0..<count).map { nodes[$0].slot } }

    mutating func removeAll() { count = 0 }

    mutating func insert(
        _ slot: SlotID, rank: UInt64, _ entries: inout ReservedArray<Lfuda.Entry>
    ) {
        if count == nodes.count { nodes.grow(toCount: count + 1) }
        count += 1
        rise(Node(slot: slot, rank: rank), from: count - 1, &entries)
    }

    mutating func remove(at position: Int, _ entries: inout ReservedArray<Lfuda.Entry>) {
        count -= 1
        guard position < count else { return }
        let last = nodes[count]
        if position > 0, last.rank < nodes[(position - 1) / Self.width].rank {
            rise(last, from: position, &entries)
        } else {
            sink(last, from: position, &entries)
        }
    }

    /// Gives the first slot a higher rank and thereby a lower place.
    mutating func lowerTop(to rank: UInt64, _ entries: inout ReservedArray<Lfuda.Entry>) {
        sink(Node(slot: nodes[0].slot, rank: rank), from: 0, &entries)
    }

    private mutating func put(
        _ node: Node, at position: Int, _ entries: inout ReservedArray<Lfuda.Entry>
    ) {
        nodes[position] = node
        entries[node.slot.index].position = UInt32(position)
    }

    private mutating func rise(
        _ node: Node, from start: Int, _ entries: inout ReservedArray<Lfuda.Entry>
    ) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / Self.width
            if nodes[parent].rank <= node.rank { break }
            put(nodes[parent], at: position, &entries)
            position = parent
        }
        put(node, at: position, &entries)
    }

    private mutating func sink(
        _ node: Node, from start: Int, _ entries: inout ReservedArray<Lfuda.Entry>
    ) {
        var position = start
        while true {
            let first = position * Self.width + 1
            guard first < count else { break }
            var least = first
            var leastRank = nodes[first].rank
            for child in first + 1..<max(first + 1, min(first + Self.width, count)) {
                let rank = nodes[child].rank
                if rank < leastRank { (least, leastRank) = (child, rank) }
            }
            if node.rank <= leastRank { break }
            put(nodes[least], at: position, &entries)
            position = least
        }
        put(node, at: position, &entries)
    }
}

extension RankHeap {
    /// For tests.
    func checkInvariants(
        _ entries: borrowing ReservedArray<Lfuda.Entry>
    ) throws(InvariantViolation) {
        for position in 0..<count {
            let node = nodes[position]
            let entry = entries[node.slot.index]
            try InvariantViolation.check(
                Int(entry.position) == position, "\(node.slot) does not know its position")
            try InvariantViolation.check(
                node.rank <= entry.rank, "\(node.slot) is lower than its rank")
            try InvariantViolation.check(
                nodes[max(0, position - 1) / Self.width].rank <= node.rank,
                "\(node.slot) is above its parent")
        }
    }
}
