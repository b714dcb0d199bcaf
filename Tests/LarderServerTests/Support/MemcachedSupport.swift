import LarderTesting
import Testing

/// Requests and the replies to them, line ends written as `|`.
struct Conversation: Sendable, CustomTestStringConvertible {
    let title: String
    let exchanges: [(request: String, reply: String)]

    init(_ title: String, _ exchanges: [(String, String)]) {
        self.title = title
        self.exchanges = exchanges
    }

    var testDescription: String { title }

    static let all = text + meta + leases + operators

    /// Everything that the client says.
    var requests: String { exchanges.map(\.request).joined() }

    /// Everything that the server answers.
    var replies: String { exchanges.map(\.reply).joined() }

    /// Says one thing after the other.
    func hold(with client: TestClient) throws {
        for exchange in exchanges {
            let reply = try client.say(exchange.request)
            #expect(reply == exchange.reply, "\(title): \(exchange.request)")
        }
    }
}

/// memcached text.
extension TestClient {
    /// Sends commands and returns all that is answered to them, line ends written as `|`.
    func say(_ commands: String) throws -> String {
        try send(commands.replacing("|", with: "\r\n"))
        return try answers()
    }

    /// What was answered up to now, line ends written as `|`.
    func answers() throws -> String {
        // A command whose reply nothing else has.
        let fence = "mg none-such Ofence k\r\n"
        let end = "EN Ofence knone-such\r\n"
        try send(fence)
        var reply = ""
        while !reply.hasSuffix(end) {
            reply += String(decoding: try line(), as: UTF8.self)
        }
        return String(reply.dropLast(end.count)).replacing("\r\n", with: "|")
    }

    /// The version that `gets` tells of a key.
    func version(of key: String) throws -> String {
        let line = try say("gets \(key)|").split(separator: "|").first ?? ""
        return String(line.split(separator: " ").last ?? "")
    }
}
