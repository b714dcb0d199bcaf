/// One connection of a client of keys with origins, in either protocol.
struct OriginClient: ~Copyable {
    private var socket: BlockingSocket
    private let isRESP: Bool

    init(load: OriginLoad, client: Int) throws(SocketFault) {
        isRESP = client.isMultiple(of: 2)
        let address = isRESP ? load.resp : load.text
        socket = try BlockingSocket.connected(to: address, patience: .seconds(20))
    }

    /// What each key has. An error is all keys' error.
    mutating func read(_ keys: [String]) throws(SocketFault) -> [KeyOutcome] {
        try isRESP ? readRESP(keys) : readText(keys)
    }

    mutating func set(_ key: String, _ value: Int64) throws(SocketFault) -> KeyOutcome {
        let size = "\(value)".utf8.count
        let line = try ask(["SET", key, "\(value)"], "set \(key) 0 0 \(size)\r\n\(value)")
        return line == "+OK" || line == "STORED" ? .applied : Self.writeError(line)
    }

    mutating func increment(_ key: String) throws(SocketFault) -> KeyOutcome {
        let line = try ask(["INCR", key], "incr \(key) 1")
        if line == "NOT_FOUND" { return .absent }
        if let value = Int64(isRESP && line.hasPrefix(":") ? String(line.dropFirst()) : line) {
            return .found(value)
        }
        return Self.writeError(line)
    }

    /// A deletion or a ban; memcached's `delete` where `words` is a DEL.
    mutating func drop(_ words: [String]) throws(SocketFault) -> KeyOutcome {
        let line = try ask(words, "delete \(words.last ?? "")")
        let isDone =
            line == "+OK" || line.hasPrefix(":") || ["DELETED", "NOT_FOUND"].contains(line)
        return isDone ? .cleared : Self.writeError(line)
    }

    private mutating func ask(_ words: [String], _ text: String) throws(SocketFault) -> String {
        try socket.send(isRESP ? Self.encoded(words) : Array("\(text)\r\n".utf8))
        return try socket.line()
    }

    private mutating func readRESP(_ keys: [String]) throws(SocketFault) -> [KeyOutcome] {
        try socket.send(Self.encoded([keys.count > 1 ? "MGET" : "GET"] + keys))
        var line = try socket.line()
        if line.hasPrefix("-") { return keys.map { _ in Self.readError(line) } }
        if keys.count > 1 {
            guard line == "*\(keys.count)" else { return keys.map { _ in .nonsense(line) } }
            line = try socket.line()
        }
        var outcomes: [KeyOutcome] = []
        for number in keys.indices {
            if number > 0 { line = try socket.line() }
            if line == "$-1" {
                outcomes.append(.absent)
            } else if line.hasPrefix("$"), let value = Int64(try socket.line()) {
                outcomes.append(.found(value))
            } else {
                outcomes.append(.nonsense(line))
            }
        }
        return outcomes
    }

    private mutating func readText(_ keys: [String]) throws(SocketFault) -> [KeyOutcome] {
        try socket.send(Array("get \(keys.joined(separator: " "))\r\n".utf8))
        var found: [String: KeyOutcome] = [:]
        var line = try socket.line()
        while line.hasPrefix("VALUE ") {
            let words = line.split(separator: " ")
            let body = try socket.line()
            let outcome = Int64(body).map { KeyOutcome.found($0) }
            found[words.count > 1 ? String(words[1]) : ""] = outcome ?? .nonsense(body)
            line = try socket.line()
        }
        guard line == "END" else { return keys.map { _ in Self.readError(line) } }
        return keys.map { found[$0] ?? .absent }
    }

    private static func isOriginError(_ line: String) -> Bool {
        line.hasPrefix("-ORIGIN ") || line.hasPrefix("SERVER_ERROR origin ")
    }

    private static func readError(_ line: String) -> KeyOutcome {
        isOriginError(line) ? .failed(line) : .nonsense(line)
    }

    /// What was not answered in time may be done at any time later.
    private static func writeError(_ line: String) -> KeyOutcome {
        guard isOriginError(line) else { return .nonsense(line) }
        return line.hasSuffix(" timeout") ? .unknown : .doubtful(line)
    }

    private static func encoded(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        return bytes
    }
}
