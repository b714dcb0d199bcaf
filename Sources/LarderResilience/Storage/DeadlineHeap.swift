public import LarderCore

/// Which of many things ends next: a binary heap of deadlines that knows where each index stands,
/// so that one of them leaves in O(log n) too.
public struct DeadlineHeap: Sendable {
    @usableFromInline struct Item: Sendable {
        @usableFromInline let deadline: Tick
        @usableFromInline let index: UInt32

        @inlinable init(deadline: Tick, index: UInt32) {
            self.deadline = deadline
            self.index = index
        }
    }

    @usableFromInline var items: [Item] = []
    /// Where the item of each index stands in `items`.
    @usableFromInline var positions: [UInt32] = []

    /// Empty.
    @inlinable public init() {}

    /// How many there are.
    @inlinable public var count: Int { items.count }

    /// Bytes that the storage holds.
    @inlinable public var storageBytes: Int {
        items.capacity * MemoryLayout<Item>.stride + positions.capacity
            * MemoryLayout<UInt32>.stride
    }

    /// The index with the earliest deadline, and that.
    @inlinable public var first: (index: UInt32, deadline: Tick)? {
        items.first.map { ($0.index, $0.deadline) }
    }

    /// Whether `index` is in it.
    @inlinable public func contains(_ index: UInt32) -> Bool {
        Int(index) < positions.count && positions[Int(index)] != Ticket.none
    }

    /// - Complexity: O(log n).
    @inlinable public mutating func insert(_ index: UInt32, deadline: Tick) {
        precondition(!contains(index), "A thing ends once.")
        while positions.count <= Int(index) { positions.append(Ticket.none) }
        items.append(Item(deadline: deadline, index: index))
        rise(from: items.count - 1)
    }

    /// - Complexity: O(log n).
    @inlinable public mutating func remove(_ index: UInt32) {
        guard contains(index) else { return }
        let hole = Int(positions[Int(index)])
        positions[Int(index)] = Ticket.none
        let last = items.removeLast()
        if hole < items.count {
            items[hole] = last
            sink(from: hole)
            rise(from: Int(positions[Int(last.index)]))
        }
        if items.isEmpty && positions.count > Pool<UInt8>.keptPlaces {
            items = []
            positions = []
        }
    }

    @inlinable mutating func rise(from start: Int) {
        let item = items[start]
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard item.deadline < items[parent].deadline else { break }
            put(items[parent], at: place)
            place = parent
        }
        put(item, at: place)
    }

    @inlinable mutating func sink(from start: Int) {
        let item = items[start]
        var place = start
        while true {
            var child = 2 * place + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1].deadline < items[child].deadline {
                child += 1
            }
            guard items[child].deadline < item.deadline else { break }
            put(items[child], at: place)
            place = child
        }
        put(item, at: place)
    }

    @inlinable mutating func put(_ item: Item, at place: Int) {
        items[place] = item
        positions[Int(item.index)] = UInt32(place)
    }

    /// - Throws: `InvariantViolation` if a parent ends after its child, or a position is wrong.
    func checkInvariants() throws(InvariantViolation) {
        for place in items.indices {
            let parent = items[max(place - 1, 0) / 2]
            try InvariantViolation.check(
                parent.deadline <= items[place].deadline, "heap order is broken at \(place)")
            try InvariantViolation.check(
                positions[Int(items[place].index)] == UInt32(place),
                "the position of \(items[place].index) is not \(place)")
        }
        let known = positions.count { $0 != Ticket.none }
        try InvariantViolation.check(
            known == items.count, "\(known) positions for \(items.count) deadlines")
    }
}
