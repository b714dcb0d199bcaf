import LarderRuntime

/// What one connection has subscribed to. Its own loop alone uses it.
final class Subscriptions {
    /// The names of each kind, with the order in which they came.
    private var names: [[TopicName: Int]] = TopicKind.allCases.map { _ in [:] }
    private var last = 0
    /// Bytes of memory for the names, here and in the table of all.
    private(set) var heldBytes = 0
    /// About what a name takes besides its bytes: two arrays, and places in two tables; a pattern
    /// has one in the index too.
    private static let nameOverhead = 240

    var isEmpty: Bool { names.allSatisfy(\.isEmpty) }

    func count(_ kind: TopicKind) -> Int { names[kind.rawValue].count }

    /// The number that replies tell: shard channels are counted for themselves.
    func countTold(_ kind: TopicKind) -> Int {
        kind == .shard ? count(.shard) : count(.channel) + count(.pattern)
    }

    func contains(_ kind: TopicKind, _ name: TopicName) -> Bool {
        names[kind.rawValue][name] != nil
    }

    func insert(_ kind: TopicKind, _ name: TopicName) {
        last += 1
        let isNew = names[kind.rawValue].updateValue(last, forKey: name) == nil
        if isNew { heldBytes += name.count + Self.nameOverhead }
    }

    func remove(_ kind: TopicKind, _ name: TopicName) {
        if names[kind.rawValue].removeValue(forKey: name) != nil {
            heldBytes -= name.count + Self.nameOverhead
        }
    }

    /// The names of a kind, the oldest first.
    func all(_ kind: TopicKind) -> [TopicName] {
        names[kind.rawValue].sorted { $0.value < $1.value }.map(\.key)
    }

    /// Whether a message that was published meanwhile is for this connection.
    func matches(_ delivery: Delivery) -> Bool {
        if let pattern = delivery.pattern { return contains(.pattern, pattern) }
        return contains(delivery.message.isShard ? .shard : .channel, delivery.message.channel)
    }
}
