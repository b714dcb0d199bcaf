/// Redis's categories of commands, in the order in which ACL CAT names them.
struct CommandCategory: OptionSet, Sendable {
    let rawValue: UInt32

    static let read = CommandCategory(rawValue: 1 << 1)
    static let write = CommandCategory(rawValue: 1 << 2)
    static let pubsub = CommandCategory(rawValue: 1 << 12)

    static let names = [
        "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap",
        "hyperloglog", "geo", "stream", "pubsub", "admin", "fast", "slow", "blocking", "dangerous",
        "connection", "transaction", "scripting",
    ]

    /// The category of that name, in any case.
    init?(name: some StringProtocol) {
        guard let place = Self.names.firstIndex(of: name.lowercased()) else { return nil }
        self.init(rawValue: 1 << UInt32(place))
    }

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The names of all that are in it, in redis's order.
    var names: [String] {
        Self.names.indices.filter { rawValue & 1 << UInt32($0) != 0 }.map { Self.names[$0] }
    }
}
