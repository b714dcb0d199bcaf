/// The categories of commands by which redis grants rights: what ACL CAT lists.
struct CommandCategories: OptionSet, Hashable, Sendable {
    let rawValue: UInt32

    static let read = CommandCategories(named: "read")
    static let write = CommandCategories(named: "write")
    static let pubsub = CommandCategories(named: "pubsub")
    static let admin = CommandCategories(named: "admin")
    static let fast = CommandCategories(named: "fast")
    static let slow = CommandCategories(named: "slow")
    static let blocking = CommandCategories(named: "blocking")
    static let dangerous = CommandCategories(named: "dangerous")
    static let scripting = CommandCategories(named: "scripting")

    /// All names, in the order in which redis tells them. The place of a name is its bit.
    static let names = [
        "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap",
        "hyperloglog", "geo", "stream", "pubsub", "admin", "fast", "slow", "blocking",
        "dangerous", "connection", "transaction", "scripting",
    ]

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The category of this name, in lower case; none when redis has no such category.
    init(named name: String) {
        rawValue = Self.names.firstIndex(of: name).map { 1 << UInt32($0) } ?? 0
    }

    /// The categories that follow from a command's flags, together with its own.
    init(own: CommandCategories, flags: [String]) {
        var all = own
        if flags.contains("write") { all.insert(.write) }
        if flags.contains("readonly"), !own.contains(.scripting) { all.insert(.read) }
        if flags.contains("admin") { all.formUnion([.admin, .dangerous]) }
        if flags.contains("pubsub") { all.insert(.pubsub) }
        if flags.contains("blocking") { all.insert(.blocking) }
        all.insert(flags.contains("fast") ? .fast : .slow)
        self = all
    }

    /// The names of these categories, in redis's order.
    var names: [String] {
        Self.names.indices.filter { rawValue & 1 << UInt32($0) != 0 }.map { Self.names[$0] }
    }
}
