import LarderCore

/// How redis 7.0 reads and writes the values of CONFIG, and what it says about wrong ones.
enum RedisText {
    static let notMemory = "argument must be a memory value"
    static let notInteger = "argument couldn't be parsed into an integer"
    static let notYesOrNo = "argument must be 'yes' or 'no'"
    static let notEvents = "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."
    static let notAPolicy =
        "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random,"
        + " volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction"
    static let notALogLevel =
        "argument(s) must be one of the following: debug, verbose, notice, warning"

    static let volatilePolicies = [
        "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
    ]

    static let logLevels: [String: LogLevel] = [
        "debug": .debug, "verbose": .info, "notice": .info, "warning": .warning,
    ]

    static func range(_ low: Int, _ high: Int) -> String {
        "argument must be between \(low) and \(high) inclusive"
    }

    /// Redis's name of a level; it has none for errors only.
    static func logLevel(_ level: LogLevel) -> String {
        switch level {
        case .debug: "debug"
        case .info: "notice"
        case .warning, .error: "warning"
        }
    }

    /// An integer in its one canonical form: no plus sign, no zeros in front.
    static func integer(_ text: String) -> Int? {
        guard let value = Int(text), "\(value)" == text else { return nil }
        return value
    }

    /// Bytes: digits, then one of redis's units. No fraction, no terabytes.
    static func memory(_ text: String) -> Int? {
        guard text.contains(".") == false, text.lowercased().contains("t") == false else {
            return nil
        }
        return try? ByteCount(parsing: text).bytes
    }

    static func yesOrNo(_ text: String) -> Bool? {
        ["yes": true, "no": false][text.lowercased()]
    }

    /// The first TCP port; 0 when there is none.
    static func port(_ endpoints: [Endpoint]) -> UInt16 {
        for case .tcp(_, let port) in endpoints { return port }
        return 0
    }

    /// The addresses in one text, with blanks between them.
    static func hosts(_ endpoints: [Endpoint]) -> String {
        endpoints.compactMap { if case .tcp(let host, _) = $0 { host } else { nil } }
            .joined(separator: " ")
    }

    /// The path of the first unix socket; empty when there is none.
    static func path(_ endpoints: [Endpoint]) -> String {
        for case .unix(let path) in endpoints { return path }
        return ""
    }
}
