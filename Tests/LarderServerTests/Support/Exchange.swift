import LarderTesting
import LarderWire
import Testing

/// A request and the reply to it, line ends written as `|` and the last one left out.
struct Exchange: Sendable {
    let words: [String]
    let reply: String
    /// The reply in RESP3, where it is another.
    let reply3: String

    /// Splits `request` at blanks; `''` is an empty word.
    init(_ request: String, _ reply: String, v3: String? = nil) {
        words = request.split(separator: " ").map { $0 == "''" ? "" : String($0) }
        self.reply = reply
        reply3 = v3 ?? reply
    }
}

/// What is said on one connection, in order.
struct Script: Sendable, CustomTestStringConvertible {
    let title: String
    let exchanges: [Exchange]

    init(_ title: String, _ exchanges: [Exchange]) {
        self.title = title
        self.exchanges = exchanges
    }

    var testDescription: String { title }

    /// Plays it on a connection of its own.
    func play(_ version: RESPVersion, on client: TestClient) throws {
        if version == .v3 { _ = try client.ask("HELLO", "3") }
        for exchange in exchanges {
            let reply = try client.ask(exchange.words)
            let wanted = version == .v3 ? exchange.reply3 : exchange.reply
            #expect(
                reply.replacing("\r\n", with: "|").dropLast() == wanted,
                "\(title): \(exchange.words.joined(separator: " "))")
        }
    }
}
