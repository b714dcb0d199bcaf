/// Speaks RESP2.
struct RESPKeyClient: KeyClient, ~Copyable {
    private var socket: BlockingSocket
    private let expectedErrors: [String]

    init(to address: ServerAddress, expectedErrors: [String]) throws(SocketFault) {
        socket = try BlockingSocket.connected(to: address)
        self.expectedErrors = expectedErrors
    }

    mutating func reply(to request: KeyRequest) throws(SocketFault) -> KeyOutcome {
        let words = Self.words(of: request)
        try socket.send(Self.encoded(words))
        let line = try socket.line()
        if line.hasPrefix("$"), let count = Int(line.dropFirst()), count >= 0 {
            let text = String(decoding: try socket.bytes(count + 2).dropLast(2), as: UTF8.self)
            guard request.command == .get, let value = Int64(text) else { return .nonsense(text) }
            return .found(value)
        }
        return outcome(of: request.command, line)
    }

    mutating func fill(_ key: String, byteCount: Int) throws(SocketFault) {
        try socket.send(
            Self.encoded(["SET", key, String(repeating: "x", count: byteCount)]))
        _ = try socket.line()
    }

    private func outcome(of command: KeyCommand, _ line: String) -> KeyOutcome {
        switch (command, line) {
        case (.get, "$-1"), (.delete, ":0"), (.expire, ":0"): return .absent
        case (.set, "+OK"), (.add, "+OK"), (.replace, "+OK"), (.delete, ":1"), (.expire, ":1"):
            return .applied
        case (.add, "$-1"), (.replace, "$-1"): return .notApplied
        case (.increment, _):
            if line.hasPrefix(":"), let value = Int64(line.dropFirst()) { return .found(value) }
        default: break
        }
        let isExpected = expectedErrors.contains { line.hasPrefix("-" + $0) }
        return isExpected ? .failed(line) : .nonsense(line)
    }

    private static func words(of request: KeyRequest) -> [String] {
        let key = request.key
        let lifetime = request.milliseconds.map { ["PX", "\($0)"] } ?? []
        return switch request.command {
        case .get: ["GET", key]
        case .set(let value, _): ["SET", key, "\(value)"] + lifetime
        case .add(let value, _): ["SET", key, "\(value)", "NX"] + lifetime
        case .replace(let value, _): ["SET", key, "\(value)", "XX"] + lifetime
        case .increment(let step, _): ["INCRBY", key, "\(step)"]
        case .delete: ["DEL", key]
        case .expire: ["PEXPIRE", key, "\(request.milliseconds ?? .max)"]
        case .gets, .compareAndSet:
            preconditionFailure("RESP has no tokens: ask for gets and cas in memcached text")
        }
    }

    private static func encoded(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        return bytes
    }
}
