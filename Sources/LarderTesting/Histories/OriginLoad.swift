import LarderCore

/// What concurrent clients do to keys of namespaces with origins, so that the checker can judge it
/// (docs/consistency.md).
package struct OriginLoad: Sendable {
    /// How a namespace writes. Its keys begin with the raw value.
    package enum Family: String, CaseIterable, Sendable {
        /// Memory alone is written; a key that it has not is what its origin has, always the same.
        case cached
        case through, around
        /// A program writes the origin itself, then has the key dropped.
        case invalidated
    }

    /// What goes wrong on purpose, once in a while, to prove that the checker notices.
    package enum Fault: CaseIterable, Sendable {
        /// A ban or deletion after a program's write is not sent, as if it had been forgotten.
        case forgottenBan
        /// A read is told what the client read of the key before.
        case oldRead
        /// A write is not sent, and told as done.
        case lostWrite
    }

    /// What became of a program's own write to the origin.
    package enum ProgramOutcome: Sendable {
        /// Without the done ones nobody knows; what was done late is done any time later.
        case done, doubtful, late
    }

    /// Where the server speaks RESP.
    package var resp: ServerAddress
    /// Where it speaks memcached text.
    package var text: ServerAddress
    /// A value for a key of the origin, or its removal, as a program does it that knows no Larder.
    package var program: @Sendable (_ key: String, _ value: Int64?) -> ProgramOutcome
    /// Connections, every other one in either protocol.
    package var clients = 8
    package var families = Family.allCases
    /// Of each family; few, so that the clients meet.
    package var keys = 2
    package var operationsPerClient = 300
    /// Names the keys, and every client's operations.
    package var seed: UInt64 = 1
    /// Over how long each client spreads its operations: entries are to expire meanwhile.
    package var spread: Duration = .seconds(2)
    /// Whether keys are counted that are written to the origin. Not where it may do late what has
    /// timed out: a count's is the number, which then stands over what was written since.
    package var countsInOrigin = true
    package var fault: Fault?
    /// One in how many operations that could go wrong does.
    static var faultShare: Double { 0.05 }

    package init(
        resp: ServerAddress, text: ServerAddress,
        program: @escaping @Sendable (String, Int64?) -> ProgramOutcome
    ) {
        self.resp = resp
        self.text = text
        self.program = program
    }

    func key(_ family: Family, _ number: Int) -> String { "\(family.rawValue):\(seed):\(number)" }

    /// A checker that knows what the origin has of keys that are only cached.
    var checker: HistoryChecker {
        var checker = HistoryChecker()
        guard families.contains(.cached) else { return checker }
        for number in 0..<keys {
            checker.grounds[key(.cached, number)] = Int64(number + 1) * 100_000
        }
        return checker
    }

    /// Puts into the origin what it is to have at first. The keys must be new to it.
    ///
    /// - Returns: False when the origin does not take it.
    package func prepare() -> Bool {
        checker.grounds.allSatisfy { key, value in
            if case .done = program(key, value) { return true }
            return false
        }
    }
}

/// One thing that a client does.
enum OriginStep {
    /// GET, or MGET of several.
    case read([String])
    case set(String, Int64)
    case increment(String)
    /// DEL, where that writes the origin.
    case delete(String)
    /// DEL or a ban, after which what the origin has is read again.
    case drop([String], words: [String])
    /// A ban that changes nothing of what is read.
    case ban(words: [String])
    /// A program's write to the origin, and how the key is dropped afterwards.
    case change(String, Int64?, words: [String])
}

/// Draws one client's steps. Values start far apart, so that counting makes none that was set.
struct OriginScript {
    private let load: OriginLoad
    private let client: Int
    private let isRESP: Bool
    private var step: Int64 = 0
    private var random: SeededRandom

    init(load: OriginLoad, client: Int) {
        self.load = load
        self.client = client
        isRESP = client.isMultiple(of: 2)
        random = SeededRandom(seed: load.seed &* 1_000_003 &+ UInt64(client))
    }

    mutating func happens(_ fault: OriginLoad.Fault) -> Bool {
        load.fault == fault && random.happens(OriginLoad.faultShare)
    }

    mutating func next() -> OriginStep {
        step += 1
        let family = load.families[Int.random(in: 0..<load.families.count, using: &random)]
        let key = load.key(family, Int.random(in: 0..<load.keys, using: &random))
        let value = Int64(client + 1) * 1_000_000_000_000 + step * 100_000
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<9: return .read([key])
        case 9..<12: return .read(severalKeys())
        case 12..<15: return family == .invalidated ? change(key, value) : .set(key, value)
        case 15..<17: return mayCount(family) ? .increment(key) : .read([key])
        case 17:
            switch family {
            case .cached: return .drop([key], words: ["DEL", key])
            case .through, .around: return .delete(key)
            case .invalidated: return change(key, nil)
            }
        default: return family == .invalidated ? change(key, value) : ban(family, key)
        }
    }

    private func mayCount(_ family: OriginLoad.Family) -> Bool {
        switch family {
        case .cached: true
        case .through, .around: load.countsInOrigin
        case .invalidated: false
        }
    }

    private mutating func severalKeys() -> [String] {
        let all = load.families.flatMap { family in
            (0..<load.keys).map { load.key(family, $0) }
        }
        return Array(all.shuffled(using: &random).prefix(Int.random(in: 2...3, using: &random)))
    }

    private mutating func change(_ key: String, _ value: Int64?) -> OriginStep {
        guard isRESP else { return .change(key, value, words: ["DEL", key]) }
        let prefix = String(key.prefix { $0 != ":" })
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return .change(key, value, words: ["DEL", key])
        case 1: return .change(key, value, words: ["SET", key, "0"])
        case 2: return .change(key, value, words: ["LARDER", "BAN", "NAMESPACE", prefix])
        case 3:
            let words = ["LARDER", "BAN", "PREFIX", "\(prefix):\(load.seed):*"]
            return .change(key, value, words: words)
        default: return .change(key, value, words: ["LARDER", "BAN", "KEY", key])
        }
    }

    private mutating func ban(_ family: OriginLoad.Family, _ key: String) -> OriginStep {
        guard isRESP else { return .read([key]) }
        let isWide = random.happens(0.3)
        let words =
            isWide
            ? ["LARDER", "BAN", "PREFIX", "\(family.rawValue):\(load.seed):*"]
            : ["LARDER", "BAN", "KEY", key]
        guard family == .cached else { return .ban(words: words) }
        return .drop(isWide ? (0..<load.keys).map { load.key(family, $0) } : [key], words: words)
    }
}
