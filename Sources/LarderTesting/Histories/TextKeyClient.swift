/// Speaks memcached text.
struct TextKeyClient: KeyClient, ~Copyable {
    private var socket: BlockingSocket
    private let expectedErrors: [String]

    init(to address: ServerAddress, expectedErrors: [String]) throws(SocketFault) {
        socket = try BlockingSocket.connected(to: address)
        self.expectedErrors = expectedErrors
    }

    mutating func reply(to request: KeyRequest) throws(SocketFault) -> KeyOutcome {
        try socket.send(Array(Self.text(of: request).utf8))
        let line = try socket.line()
        if line.hasPrefix("VALUE ") { return try found(request, header: line) }
        return outcome(of: request.command, line)
    }

    mutating func fill(_ key: String, byteCount: Int) throws(SocketFault) {
        let value = String(repeating: "x", count: byteCount)
        try socket.send(Array("set \(key) 0 0 \(byteCount)\r\n\(value)\r\n".utf8))
        _ = try socket.line()
    }

    private mutating func found(
        _ request: KeyRequest, header: String
    ) throws(SocketFault) -> KeyOutcome {
        let words = header.split(separator: " ")
        let (body, end) = (try socket.line(), try socket.line())
        guard words.count >= 4, words[1] == request.key, end == "END", let value = Int64(body)
        else { return .nonsense("\(header) / \(body) / \(end)") }
        switch request.command {
        case .get where words.count == 4: return .found(value)
        case .gets:
            guard words.count == 5, let token = UInt64(words[4]) else { break }
            return .foundVersion(value, token: token)
        default: break
        }
        return .nonsense(header)
    }

    private func outcome(of command: KeyCommand, _ line: String) -> KeyOutcome {
        switch (command, line) {
        case (.get, "END"), (.gets, "END"), (.compareAndSet, "NOT_FOUND"), (.delete, "NOT_FOUND"),
            (.expire, "NOT_FOUND"), (.increment, "NOT_FOUND"):
            return .absent
        case (.set, "STORED"), (.add, "STORED"), (.replace, "STORED"), (.compareAndSet, "STORED"),
            (.delete, "DELETED"), (.expire, "TOUCHED"):
            return .applied
        case (.add, "NOT_STORED"), (.replace, "NOT_STORED"): return .notApplied
        case (.compareAndSet, "EXISTS"): return .changed
        case (.increment, _):
            if let value = Int64(line) { return .found(value) }
        default: break
        }
        let isExpected = expectedErrors.contains { line.hasPrefix($0) }
        return isExpected ? .failed(line) : .nonsense(line)
    }

    private static func text(of request: KeyRequest) -> String {
        let seconds = (request.milliseconds ?? 0) / 1_000
        func store(_ verb: String, _ value: Int64, _ tail: String = "") -> String {
            "\(verb) \(request.key) 0 \(seconds) \("\(value)".utf8.count)\(tail)\r\n\(value)\r\n"
        }
        return switch request.command {
        case .get: "get \(request.key)\r\n"
        case .gets: "gets \(request.key)\r\n"
        case .set(let value, _): store("set", value)
        case .add(let value, _): store("add", value)
        case .replace(let value, _): store("replace", value)
        case .compareAndSet(let value, let token, _): store("cas", value, " \(token)")
        case .increment(let step, _): "incr \(request.key) \(step)\r\n"
        case .delete: "delete \(request.key)\r\n"
        case .expire: "touch \(request.key) \(seconds)\r\n"
        }
    }
}
