import LarderCore

/// What concurrent clients do to a server, so that the checker can judge it.
package struct HistoryLoad: Sendable {
    /// Where the server speaks RESP, if it does.
    package var resp: ServerAddress?
    /// Where the same server speaks memcached text, if it does.
    package var text: ServerAddress?
    /// Connections, half of them in either protocol where there are two.
    package var clients = 8
    /// Few, so that the clients meet.
    package var keys = 4
    package var operationsPerClient = 2_000
    /// Names every client's operations, and the keys.
    package var seed: UInt64 = 1
    /// Over how long each client spreads its operations; `nil` is as fast as replies come.
    package var spread: Duration?
    /// Share of writes that are given a lifetime.
    package var lifetimeShare = 0.2
    /// Lifetimes given in RESP. In memcached they are one or two seconds.
    package var milliseconds = 20...200
    /// How far beyond its end an entry may be served, and how long before it may be gone.
    package var tolerance = Tolerance()
    package var filler: Filler?
    /// Beginnings of error replies that mean "nothing was done", not a bug.
    package var expectedErrors: [String] = []

    package struct Tolerance: Sendable {
        package var respEarly: Duration = .milliseconds(1)
        package var respLate: Duration = .milliseconds(5)
        /// memcached's clock ticks in seconds, so its entries go up to one early.
        package var textEarly: Duration = .milliseconds(1_100)
        package var textLate: Duration = .milliseconds(1_600)
    }

    /// Writes to other keys, which no history shows, to make the server evict.
    package struct Filler: Sendable {
        /// Share of operations that are followed by one.
        package var share = 0.2
        package var keys = 1_000
        package var byteCount = 8_192

        package init() {}
    }

    package init(resp: ServerAddress? = nil, text: ServerAddress? = nil) {
        precondition(resp != nil || text != nil, "a load needs a server")
        self.resp = resp
        self.text = text
    }

    func key(_ index: Int) -> String { "history:\(seed):\(index)" }

    /// The protocol of a client.
    func isRESP(client: Int) -> Bool {
        guard resp != nil else { return false }
        return text == nil || client.isMultiple(of: 2)
    }
}

/// Draws one client's requests. Values start far apart, so that counting makes none that was set.
struct HistoryScript {
    private let load: HistoryLoad
    private let isRESP: Bool
    private let client: Int64
    private var random: SeededRandom
    private var step: Int64 = 0
    private var tokens: [String: UInt64] = [:]

    init(load: HistoryLoad, client: Int) {
        self.load = load
        isRESP = load.isRESP(client: client)
        self.client = Int64(client)
        random = SeededRandom(seed: load.seed &* 1_000_003 &+ UInt64(client))
    }

    /// Whether a filler follows, and to which key.
    mutating func filler() -> String? {
        guard let filler = load.filler, random.happens(filler.share) else { return nil }
        return "filler:\(Int.random(in: 0..<filler.keys, using: &random))"
    }

    /// A token from a reply, to be used once.
    mutating func learn(_ outcome: KeyOutcome, of request: KeyRequest) {
        if case .foundVersion(_, let token) = outcome { tokens[request.key] = token }
    }

    mutating func next() -> KeyRequest {
        step += 1
        let value = (client + 1) * 1_000_000_000_000 + step * 100_000
        let key = load.key(Int.random(in: 0..<load.keys, using: &random))
        let isMortal = random.happens(load.lifetimeShare)
        let milliseconds = isMortal ? length() : nil
        let lifetime = milliseconds.map(lifetime)
        func request(_ command: KeyCommand, _ milliseconds: Int? = nil) -> KeyRequest {
            KeyRequest(key: key, command: command, milliseconds: milliseconds)
        }
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<7: return request(.get)
        case 7..<9: return request(.set(value, lifetime), milliseconds)
        case 9: return request(.add(value, lifetime), milliseconds)
        case 10: return request(.replace(value, lifetime), milliseconds)
        case 11..<14: return request(.increment(by: 1, createsAbsent: isRESP))
        case 14..<16: return request(.delete)
        case 16:
            let milliseconds = length()
            return request(.expire(self.lifetime(milliseconds)), milliseconds)
        default:
            guard !isRESP else { return request(.get) }
            guard let token = tokens.removeValue(forKey: key) else { return request(.gets) }
            return request(.compareAndSet(value, token: token, lifetime), milliseconds)
        }
    }

    private mutating func length() -> Int {
        isRESP
            ? Int.random(in: load.milliseconds, using: &random)
            : 1_000 * Int.random(in: 1...2, using: &random)
    }

    private func lifetime(_ milliseconds: Int) -> Lifetime {
        let tolerance = load.tolerance
        return Lifetime(
            .milliseconds(milliseconds), early: isRESP ? tolerance.respEarly : tolerance.textEarly,
            late: isRESP ? tolerance.respLate : tolerance.textLate)
    }
}
