import LarderCore

/// A bounded memory of keys, each until a time. When it is full, the one that would end first is
/// forgotten.
///
/// - Complexity: O(log n) for all that changes it, O(1) to look up.
struct ExpiringTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Item {
        let key: Key
        var value: Value
        var end: Tick
    }

    private let capacity: Int
    private var items = Pool<Item>()
    private var tickets: [Key: Ticket] = [:]
    private var ends = DeadlineHeap()

    /// How often a key was forgotten early because the table was full.
    private(set) var overflowCount = 0

    init(capacity: Int) {
        precondition(capacity > 0, "A memory without room remembers nothing.")
        self.capacity = capacity
    }

    var count: Int { items.count }

    /// The value of `key` and its end, if that is not past.
    func value(of key: Key, at now: Tick) -> (value: Value, end: Tick)? {
        guard let ticket = tickets[key], let item = items.element(ticket), now < item.end else {
            return nil
        }
        return (item.value, item.end)
    }

    mutating func set(_ key: Key, _ value: Value, until end: Tick, at now: Tick) {
        if let ticket = tickets[key] {
            items.change(ticket) {
                $0.value = value
                $0.end = end
            }
            ends.remove(ticket.index)
            ends.insert(ticket.index, deadline: end)
            return
        }
        forgetEnded(at: now)
        if items.count == capacity, let first = ends.first,
            let ticket = items.ticket(at: first.index)
        {
            overflowCount += 1
            forget(ticket)
        }
        let ticket = items.insert(Item(key: key, value: value, end: end))
        tickets[key] = ticket
        ends.insert(ticket.index, deadline: end)
    }

    mutating func remove(_ key: Key) {
        if let ticket = tickets[key] { forget(ticket) }
    }

    /// Two at most for each new one: what ended leaves faster than it comes, in bounded steps.
    private mutating func forgetEnded(at now: Tick) {
        for _ in 0..<2 {
            guard let first = ends.first, first.deadline <= now,
                let ticket = items.ticket(at: first.index)
            else { return }
            forget(ticket)
        }
    }

    private mutating func forget(_ ticket: Ticket) {
        guard let item = items.remove(ticket) else { return }
        tickets[item.key] = nil
        ends.remove(ticket.index)
    }

    /// - Throws: `InvariantViolation` if its parts disagree.
    func checkInvariants() throws(InvariantViolation) {
        try ends.checkInvariants()
        try InvariantViolation.check(
            items.count <= capacity, "\(items.count) keys, room for \(capacity)")
        try InvariantViolation.check(items.count == tickets.count, "an item without key")
        try InvariantViolation.check(items.count == ends.count, "an item without end")
    }
}
