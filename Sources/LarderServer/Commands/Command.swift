/// The commands that the server knows.
enum Command: UInt8, CaseIterable {
    case acl, append, auth, client, command, config, copy, dbsize, decr, decrby, del, echo, exists
    case discard, exec, multi
    case expire, expireat, expiretime, flushall, flushdb, get, getdel, getex, getrange, getset
    case hello, incr, incrby, info, keys, mget, mset, msetnx, object, persist, pexpire, pexpireat
    case pexpiretime, ping, psetex, pttl, quit, randomkey, rename, renamenx, reset, scan, select
    case set, setex, setnx, setrange, strlen, substr, time, touch, ttl, type, unlink
    case unwatch, watch
    case asking, bgrewriteaof, bgsave, cluster, debug, function, lastsave, latency, lolwut, memory
    case module, monitor, readonly, readwrite, replicaof, role, save, script, shutdown, slaveof
    case slowlog, wait
    case bitcount, bitfield, bitfieldRO, bitop, bitpos, getbit, incrbyfloat, lcs, move, setbit
    case swapdb
    case publish, spublish, pubsub, subscribe, psubscribe, ssubscribe
    case unsubscribe, punsubscribe, sunsubscribe
    case larder
}

/// What redis's command table says about a command.
struct CommandSpecification {
    /// In lower case.
    let name: StaticString
    /// Number of arguments with the command itself; negative: at least so many.
    let arity: Int
    /// Flags in redis's words.
    let flags: [StaticString]
    /// Places of the first and last key, and the distance between keys. Zero when there are none.
    let firstKey: Int
    let lastKey: Int
    let keyStep: Int
    /// Those that follow from the flags, and those that `CommandManual` tells.
    let categories: CommandCategories
    /// Whether the second word says what it does.
    let hasSubcommands: Bool
    /// Whether it takes so little time that it is timed now and then only.
    let isSmall: Bool

    init(
        _ name: StaticString, _ arity: Int, _ flags: [StaticString], keys first: Int = 0,
        to last: Int = 0, step: Int = 0
    ) {
        self.name = name
        self.arity = arity
        self.flags = flags
        firstKey = first
        lastKey = last
        keyStep = step
        let page = CommandManual.shared.page(of: "\(name)")
        categories = CommandCategories(own: page.ownCategories, flags: flags.map { "\($0)" })
        hasSubcommands = !page.subcommands.isEmpty
        isSmall = Self.isSmall("\(name)", flags)
    }

    /// Redis's `fast` commands, but for those whose work grows with a value or with subscribers.
    private static func isSmall(_ name: String, _ flags: [StaticString]) -> Bool {
        if ["set", "setex", "psetex", "del"].contains(name) { return true }
        return flags.contains { "\($0)" == "fast" }
            && !["append", "move", "publish", "renamenx", "spublish"].contains(name)
    }

    var nameBytes: [UInt8] { name.withUTF8Buffer { unsafe Array($0) } }

    func accepts(argumentCount: Int) -> Bool {
        arity >= 0 ? argumentCount == arity : argumentCount >= -arity
    }
}

extension Command {
    var specification: CommandSpecification { CommandTable.shared.specifications[Int(rawValue)] }

    private static let read: [StaticString] = ["readonly", "fast"]
    private static let write: [StaticString] = ["write", "denyoom", "fast"]
    private static let change: [StaticString] = ["write", "fast"]
    private static let connection: [StaticString] = ["noscript", "loading", "stale", "fast"]
    private static let login: [StaticString] = connection + ["no_auth", "allow_busy"]
    private static let transaction: [StaticString] = connection + ["allow_busy"]
    private static let administration: [StaticString] = ["admin", "noscript", "loading", "stale"]

    /// The table's row. `keys` are those of redis 7.0.
    func makeSpecification() -> CommandSpecification {
        switch self {
        case .acl: .init("acl", -2, [])
        case .append: .init("append", 3, Self.write, keys: 1, to: 1, step: 1)
        case .auth: .init("auth", -2, Self.login)
        case .client: .init("client", -2, [])
        case .command: .init("command", -1, ["loading", "stale"])
        case .config: .init("config", -2, [])
        case .copy: .init("copy", -3, ["write", "denyoom"], keys: 1, to: 2, step: 1)
        case .dbsize: .init("dbsize", 1, Self.read)
        case .discard: .init("discard", 1, Self.transaction)
        case .exec: .init("exec", 1, ["noscript", "loading", "stale", "skip_slowlog"])
        case .multi: .init("multi", 1, Self.transaction)
        case .decr: .init("decr", 2, Self.write, keys: 1, to: 1, step: 1)
        case .decrby: .init("decrby", 3, Self.write, keys: 1, to: 1, step: 1)
        case .del: .init("del", -2, ["write"], keys: 1, to: -1, step: 1)
        case .echo: .init("echo", 2, ["loading", "stale", "fast"])
        case .exists: .init("exists", -2, Self.read, keys: 1, to: -1, step: 1)
        case .expire: .init("expire", -3, Self.change, keys: 1, to: 1, step: 1)
        case .expireat: .init("expireat", -3, Self.change, keys: 1, to: 1, step: 1)
        case .expiretime: .init("expiretime", 2, Self.read, keys: 1, to: 1, step: 1)
        case .flushall: .init("flushall", -1, ["write"])
        case .flushdb: .init("flushdb", -1, ["write"])
        case .get: .init("get", 2, Self.read, keys: 1, to: 1, step: 1)
        case .getdel: .init("getdel", 2, Self.change, keys: 1, to: 1, step: 1)
        case .getex: .init("getex", -2, Self.change, keys: 1, to: 1, step: 1)
        case .getrange: .init("getrange", 4, ["readonly"], keys: 1, to: 1, step: 1)
        case .getset: .init("getset", 3, Self.write, keys: 1, to: 1, step: 1)
        default: makeLaterSpecification()
        }
    }

    private func makeLaterSpecification() -> CommandSpecification {
        switch self {
        case .hello: .init("hello", -1, Self.login)
        case .incr: .init("incr", 2, Self.write, keys: 1, to: 1, step: 1)
        case .incrby: .init("incrby", 3, Self.write, keys: 1, to: 1, step: 1)
        case .info: .init("info", -1, ["loading", "stale"])
        case .keys: .init("keys", 2, ["readonly"])
        case .mget: .init("mget", -2, Self.read, keys: 1, to: -1, step: 1)
        case .mset: .init("mset", -3, ["write", "denyoom"], keys: 1, to: -1, step: 2)
        case .msetnx: .init("msetnx", -3, ["write", "denyoom"], keys: 1, to: -1, step: 2)
        case .object: .init("object", -2, [])
        case .persist: .init("persist", 2, Self.change, keys: 1, to: 1, step: 1)
        case .pexpire: .init("pexpire", -3, Self.change, keys: 1, to: 1, step: 1)
        case .pexpireat: .init("pexpireat", -3, Self.change, keys: 1, to: 1, step: 1)
        case .pexpiretime: .init("pexpiretime", 2, Self.read, keys: 1, to: 1, step: 1)
        case .ping: .init("ping", -1, ["fast"])
        case .psetex: .init("psetex", 4, ["write", "denyoom"], keys: 1, to: 1, step: 1)
        case .pttl: .init("pttl", 2, Self.read, keys: 1, to: 1, step: 1)
        case .quit: .init("quit", -1, Self.login)
        case .randomkey: .init("randomkey", 1, ["readonly"])
        case .rename: .init("rename", 3, ["write"], keys: 1, to: 2, step: 1)
        case .renamenx: .init("renamenx", 3, Self.change, keys: 1, to: 2, step: 1)
        case .reset: .init("reset", 1, Self.login)
        case .scan: .init("scan", -2, ["readonly"])
        case .select: .init("select", 2, ["loading", "stale", "fast"])
        case .set: .init("set", -3, ["write", "denyoom"], keys: 1, to: 1, step: 1)
        case .setex: .init("setex", 4, ["write", "denyoom"], keys: 1, to: 1, step: 1)
        case .setnx: .init("setnx", 3, Self.write, keys: 1, to: 1, step: 1)
        case .setrange: .init("setrange", 4, ["write", "denyoom"], keys: 1, to: 1, step: 1)
        case .strlen: .init("strlen", 2, Self.read, keys: 1, to: 1, step: 1)
        case .substr: .init("substr", 4, ["readonly"], keys: 1, to: 1, step: 1)
        case .time: .init("time", 1, ["loading", "stale", "fast"])
        case .touch: .init("touch", -2, Self.read, keys: 1, to: -1, step: 1)
        case .ttl: .init("ttl", 2, Self.read, keys: 1, to: 1, step: 1)
        case .type: .init("type", 2, Self.read, keys: 1, to: 1, step: 1)
        case .unlink: .init("unlink", -2, Self.change, keys: 1, to: -1, step: 1)
        default: makeBitsSpecification()
        }
    }

    /// Bits, and what came with them.
    private func makeBitsSpecification() -> CommandSpecification {
        switch self {
        case .bitcount: .init("bitcount", -2, ["readonly"], keys: 1, to: 1, step: 1)
        case .bitfield: .init("bitfield", -2, ["write", "denyoom"], keys: 1, to: 1, step: 1)
        case .bitfieldRO: .init("bitfield_ro", -2, Self.read, keys: 1, to: 1, step: 1)
        case .bitop: .init("bitop", -4, ["write", "denyoom"], keys: 2, to: -1, step: 1)
        case .bitpos: .init("bitpos", -3, ["readonly"], keys: 1, to: 1, step: 1)
        case .getbit: .init("getbit", 3, Self.read, keys: 1, to: 1, step: 1)
        case .incrbyfloat: .init("incrbyfloat", 3, Self.write, keys: 1, to: 1, step: 1)
        case .lcs: .init("lcs", -3, ["readonly"], keys: 1, to: 2, step: 1)
        case .move: .init("move", 3, Self.change, keys: 1, to: 1, step: 1)
        case .setbit: .init("setbit", 4, ["write", "denyoom"], keys: 1, to: 1, step: 1)
        case .swapdb: .init("swapdb", 3, Self.change)
        case .unwatch, .watch: makeWatchSpecification()
        default: makeMessageSpecification()
        }
    }

    private func makeMessageSpecification() -> CommandSpecification {
        let slow: [StaticString] = ["pubsub", "noscript", "loading", "stale"]
        let fast: [StaticString] = ["pubsub", "loading", "stale", "fast"]
        return switch self {
        case .publish: .init("publish", 3, fast)
        case .spublish: .init("spublish", 3, fast, keys: 1, to: 1, step: 1)
        case .pubsub: .init("pubsub", -2, [])
        case .subscribe: .init("subscribe", -2, slow)
        case .psubscribe: .init("psubscribe", -2, slow)
        case .ssubscribe: .init("ssubscribe", -2, slow, keys: 1, to: -1, step: 1)
        case .unsubscribe: .init("unsubscribe", -1, slow)
        case .punsubscribe: .init("punsubscribe", -1, slow)
        case .sunsubscribe: .init("sunsubscribe", -1, slow, keys: 1, to: -1, step: 1)
        default: makeServerSpecification()
        }
    }
}
