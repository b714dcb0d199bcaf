import LarderWire

/// The commands and subcommands with their categories, as `COMMAND` of redis 7.0.15 tells them.
///
/// Commands that Larder does not have are in it too: rules may name them, and a new command is in
/// its categories from its first day on.
struct CommandCatalog: Sendable {
    static let shared = CommandCatalog()

    /// In lower case; a subcommand as `config|get`.
    let names: [String]
    let categories: [CommandCategory]
    private let places: [String: Int]
    /// By `Command.rawValue`.
    private let traits: [CommandTraits]

    private init() {
        var names: [String] = []
        var categories: [CommandCategory] = []
        for (group, members) in Self.groups {
            let of = group.split(separator: " ").compactMap { CommandCategory(name: $0) }
            let words = members.split(whereSeparator: \.isWhitespace).map(String.init)
            names += words
            categories += words.map { _ in CommandCategory(of) }
        }
        self.names = names
        self.categories = categories
        let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        self.places = places
        traits = Command.allCases.map {
            let row = $0.makeSpecification()
            let name = "\(row.name)"
            return CommandTraits(
                place: places[name], isContainer: Self.containers.contains(name),
                channels: Self.channelUse[name] ?? .none, subscribes: name.hasSuffix("subscribe"),
                writes: row.flags.contains { "\($0)" == "write" } || Self.publishers.contains(name))
        }
    }

    /// The place of a command or subcommand; nil when redis has none of that name.
    func place(of name: String) -> Int? { places[name] }

    func traits(of command: Command) -> CommandTraits { traits[Int(command.rawValue)] }

    /// The command's name; with the subcommand, if it has one that is known.
    func fullName(of command: Command, _ call: borrowing Call) -> String {
        let name = "\(command.specification.name)"
        guard call.count > 1, traits(of: command).isContainer, call[1].byteCount <= 32 else {
            return name
        }
        let full = "\(name)|\(call[1].text.lowercased())"
        return places[full] == nil ? name : full
    }

    /// The places of the commands and subcommands that Larder runs.
    var implemented: [Int] {
        let own = Set(Command.allCases.map { "\($0.specification.name)" })
        return names.indices.filter { place in
            own.contains(String(names[place].prefix { $0 != "|" }))
        }
    }

    private static let containers: Set<String> = [
        "acl", "client", "cluster", "command", "config", "function", "latency", "memory", "module",
        "object", "pubsub", "script", "slowlog",
    ]

    private static let channelUse: [String: ChannelUse] = [
        "publish": .one, "spublish": .one, "subscribe": .all, "ssubscribe": .all,
        "psubscribe": .patterns,
    ]

    /// What waits for the end of CLIENT PAUSE WRITE, though it writes no key.
    private static let publishers: Set<String> = ["publish", "spublish"]
}

/// What rules and pauses ask about a command.
struct CommandTraits: Sendable {
    /// In the catalog.
    let place: Int?
    /// Whether it has subcommands.
    let isContainer: Bool
    let channels: ChannelUse
    /// Whether it changes what channels a client listens to.
    let subscribes: Bool
    /// Whether replicas would have to hear of it.
    let writes: Bool
}

/// How a command uses channels.
enum ChannelUse {
    case none, one, all, patterns
}

extension CommandCatalog {
    private static let groups: [(String, String)] = [
        ("admin fast dangerous", "lastsave role"),
        (
            "admin slow dangerous",
            """
            acl|deluser acl|dryrun acl|getuser acl|list acl|load acl|log acl|save acl|setuser
            acl|users bgrewriteaof bgsave cluster|addslots cluster|addslotsrange cluster|bumpepoch
            cluster|count-failure-reports cluster|delslots cluster|delslotsrange cluster|failover
            cluster|flushslots cluster|forget cluster|meet cluster|replicas cluster|replicate
            cluster|reset cluster|saveconfig cluster|set-config-epoch cluster|setslot
            cluster|slaves config|get config|resetstat config|rewrite config|set debug failover
            latency|doctor latency|graph latency|histogram latency|history latency|latest
            latency|reset module|list module|load module|loadex module|unload monitor psync
            replconf replicaof save shutdown slaveof slowlog|get slowlog|len slowlog|reset sync
            """
        ),
        (
            "admin slow dangerous connection",
            """
            client|kill client|list client|no-evict client|pause client|unblock client|unpause
            """
        ),
        ("fast", "time"),
        (
            "fast connection",
            "asking auth echo hello ping quit readonly readwrite reset select"
        ),
        ("fast transaction", "discard multi unwatch watch"),
        (
            "keyspace read fast",
            "dbsize exists expiretime pexpiretime pttl touch ttl type"
        ),
        (
            "keyspace read slow",
            "dump object|encoding object|freq object|idletime object|refcount randomkey scan"
        ),
        ("keyspace read slow dangerous", "keys"),
        ("keyspace slow", "object|help"),
        (
            "keyspace write fast",
            "expire expireat move persist pexpire pexpireat renamenx unlink"
        ),
        ("keyspace write fast dangerous", "swapdb"),
        ("keyspace write slow", "copy del rename"),
        (
            "keyspace write slow dangerous",
            "flushall flushdb migrate restore restore-asking"
        ),
        ("pubsub fast", "publish spublish"),
        (
            "pubsub slow",
            """
            psubscribe pubsub|channels pubsub|numpat pubsub|numsub pubsub|shardchannels
            pubsub|shardnumsub punsubscribe ssubscribe subscribe sunsubscribe unsubscribe
            """
        ),
        ("read bitmap fast", "bitfield_ro getbit"),
        ("read bitmap slow", "bitcount bitpos"),
        ("read fast", "lolwut"),
        ("read slow", "memory|usage"),
        ("read string fast", "get mget strlen"),
        ("read string slow", "getrange lcs substr"),
        (
            "slow",
            """
            acl acl|cat acl|genpass acl|help acl|whoami client cluster cluster|countkeysinslot
            cluster|getkeysinslot cluster|help cluster|info cluster|keyslot cluster|links
            cluster|myid cluster|nodes cluster|shards cluster|slots config config|help function
            latency latency|help memory memory|doctor memory|help memory|malloc-stats memory|purge
            memory|stats module module|help object pubsub pubsub|help script slowlog slowlog|help
            """
        ),
        (
            "slow connection",
            """
            client|caching client|getname client|getredir client|help client|id client|info
            client|reply client|setinfo client|setname client|tracking client|trackinginfo command
            command|count command|docs command|getkeys command|getkeysandflags command|help
            command|info command|list wait
            """
        ),
        ("slow dangerous", "info"),
        (
            "slow scripting",
            """
            function|dump function|help function|kill function|list function|stats script|debug
            script|exists script|flush script|help script|kill script|load
            """
        ),
        ("slow transaction", "exec"),
        ("write bitmap slow", "bitfield bitop setbit"),
        (
            "write string fast",
            "append decr decrby getdel getex getset incr incrby incrbyfloat setnx"
        ),
        (
            "write slow scripting",
            "function|delete function|flush function|load function|restore"
        ),
        ("write string slow", "mset msetnx psetex set setex setrange"),
    ]
}
