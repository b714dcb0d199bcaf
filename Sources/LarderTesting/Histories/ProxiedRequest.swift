/// A recorded client's request on its way through a proxy, in either protocol.
struct ProxiedRequest {
    enum Kind {
        case read, set, delete, count, other
    }

    let bytes: [UInt8]
    let kind: Kind
    let key: String
    private let isRESP: Bool

    /// Reads one request. Recorded values hold no line ends, so lines are enough.
    init(from client: inout BlockingSocket) throws(SocketFault) {
        var lines = [try client.line()]
        isRESP = lines[0].hasPrefix("*")
        var missing = 0
        if isRESP {
            missing = 2 * (Int(lines[0].dropFirst()) ?? 0)
        } else if Self.storing.contains(lines[0].prefix { $0 != " " }) {
            missing = 1
        }
        for _ in 0..<missing { lines.append(try client.line()) }
        bytes = lines.flatMap { Array("\($0)\r\n".utf8) }
        // In RESP every other line is a length.
        let words =
            isRESP
            ? stride(from: 2, to: lines.count, by: 2).map { lines[$0] }
            : lines[0].split(separator: " ").map(String.init)
        key = words.count > 1 ? words[1] : ""
        kind = Self.kinds[words.first?.lowercased() ?? "", default: .other]
            .unlessConditional(words.count, isRESP: isRESP)
    }

    private static let storing: Set<Substring> = ["set", "add", "replace", "cas"]
    private static let kinds: [String: Kind] = [
        "get": .read, "set": .set, "del": .delete, "delete": .delete, "incrby": .count,
        "incr": .count,
    ]

    /// What the server says when it did as asked.
    var confirmation: [UInt8] {
        switch (kind, isRESP) {
        case (.set, true): Array("+OK\r\n".utf8)
        case (.set, false): Array("STORED\r\n".utf8)
        case (.delete, true): Array(":1\r\n".utf8)
        default: Array("DELETED\r\n".utf8)
        }
    }

    /// Reads the whole reply.
    func reply(from server: inout BlockingSocket) throws(SocketFault) -> [UInt8] {
        var lines = [try server.line()]
        if isRESP, lines[0].hasPrefix("$"), lines[0] != "$-1" {
            lines.append(try server.line())
        } else if lines[0].hasPrefix("VALUE ") {
            while lines.last != "END" { lines.append(try server.line()) }
        }
        return lines.flatMap { Array("\($0)\r\n".utf8) }
    }
}

extension ProxiedRequest.Kind {
    /// SET with NX or XX is answered in other ways.
    fileprivate func unlessConditional(_ words: Int, isRESP: Bool) -> Self {
        self == .set && isRESP && words > 3 ? .other : self
    }
}
