import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// Messages between real connections, on two loops.
struct PubSubTests {
    @Test(arguments: [2, 3])
    func `a message reaches the subscribers of all loops`(version: Int) throws {
        let server = try ServerFixture()
        let mark = version == 2 ? "*" : ">"
        let subscribers = try (0..<6).map { _ in try server.client() }
        for subscriber in subscribers {
            _ = try subscriber.ask("HELLO", "\(version)")
            let reply = try subscriber.ask("SUBSCRIBE", "news")
            #expect(reply == "\(mark)3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n")
        }
        let publisher = try server.client()
        #expect(try publisher.ask("PUBLISH", "news", "hello") == ":6\r\n")
        #expect(try publisher.ask("PUBLISH", "other", "hello") == ":0\r\n")
        for subscriber in subscribers {
            let message = String(decoding: try subscriber.reply(), as: UTF8.self)
            #expect(message == "\(mark)3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n")
        }
    }

    @Test func `messages come before the replies that follow them`() throws {
        let server = try ServerFixture()
        let (first, second) = (try server.client(), try server.client())
        for client in [first, second] {
            _ = try client.ask("HELLO", "3")
            _ = try client.ask("SUBSCRIBE", "news")
        }
        for number in 0..<200 {
            let publisher = number % 2 == 0 ? first : second
            let other = number % 2 == 0 ? second : first
            try publisher.send(TestClient.request(["PUBLISH", "news", "\(number)"]))
            #expect(try publisher.pushed() == "\(number)")
            #expect(String(decoding: try publisher.reply(), as: UTF8.self) == ":2\r\n")
            // The publication was confirmed: what the other says now is behind its message.
            try other.send(TestClient.request(["PING"]))
            #expect(try other.pushed() == "\(number)")
            #expect(String(decoding: try other.reply(), as: UTF8.self) == "+PONG\r\n")
        }
    }

    @Test(arguments: UInt64(0)..<6)
    func `agrees with a server of one thread`(seed: UInt64) throws {
        let server = try ServerFixture()
        var random = SeededRandom(seed: seed)
        let clients = try (0..<5).map { _ in try Listener(server.client()) }
        var model = [PubSubModel](repeating: PubSubModel(), count: clients.count)
        for step in 0..<400 {
            let number = Int.random(in: 0..<clients.count, using: &random)
            let name = ["a", "ab", "b", "bc"].randomElement(using: &random) ?? "a"
            let pattern = ["a*", "?", "*b*"].randomElement(using: &random) ?? "*"
            let words =
                switch Int.random(in: 0..<10, using: &random) {
                case 0: ["SUBSCRIBE", name]
                case 1: ["PSUBSCRIBE", pattern]
                case 2: ["UNSUBSCRIBE", name]
                case 3: ["PUNSUBSCRIBE", pattern]
                default: ["PUBLISH", name, "\(step)"]
                }
            let told = try clients[number].talk(words)
            let count = PubSubModel.run(words, by: number, &model)
            if words[0] == "PUBLISH" { #expect(told == ":\(count)\r\n", "step \(step)") }
        }
        for (client, expected) in zip(clients, model) {
            _ = try client.talk(["PING"])
            #expect(client.messages.map { Set($0) } == expected.messages.map { Set($0) })
        }
    }

    @Test func `who does not read is cut, and others get everything`() throws {
        let server = try ServerFixture {
            $0.pubsub.outputLimitBytes = 2 << 20
            $0.clients.memoryBytes = 64 << 20
        }
        let (deaf, reader) = (try server.client(), try server.client())
        let publisher = try server.client()
        _ = try deaf.ask("SUBSCRIBE", "news")
        _ = try reader.ask("SUBSCRIBE", "news")
        let payload = String(repeating: "x", count: 100_000)
        var receivers = ":2\r\n"
        for _ in 0..<400 where receivers == ":2\r\n" {
            receivers = try publisher.ask("PUBLISH", "news", payload)
            #expect(try reader.reply().count > payload.utf8.count)
        }
        #expect(receivers == ":1\r\n")
    }

    @Test func `who is gone is counted no more`() throws {
        let server = try ServerFixture()
        let publisher = try server.client()
        do {
            let subscriber = try server.client()
            _ = try subscriber.ask("SUBSCRIBE", "news")
            #expect(try publisher.ask("PUBLISH", "news", "1") == ":1\r\n")
            _ = try subscriber.reply()
            _ = try subscriber.ask("QUIT")
            #expect(try subscriber.remainder().isEmpty)
        }
        let others = try (0..<4).map { _ in try server.client() }
        for other in others { _ = try other.ask("SUBSCRIBE", "news") }
        #expect(try publisher.ask("PUBLISH", "news", "2") == ":4\r\n")
        #expect(try publisher.ask("PUBSUB", "NUMSUB", "news") == "*2\r\n$4\r\nnews\r\n:4\r\n")
    }
}

/// What one connection of a server of one thread would have subscribed to and received.
private struct PubSubModel {
    var channels: Set<String> = []
    var patterns: Set<String> = []
    /// The messages of each publication, in order.
    var messages: [[String]] = []

    /// What a command of client `number` does to all of them; how many received it.
    static func run(_ words: [String], by number: Int, _ clients: inout [PubSubModel]) -> Int {
        switch words[0] {
        case "SUBSCRIBE": clients[number].channels.insert(words[1])
        case "UNSUBSCRIBE": clients[number].channels.remove(words[1])
        case "PSUBSCRIBE": clients[number].patterns.insert(words[1])
        case "PUNSUBSCRIBE": clients[number].patterns.remove(words[1])
        default:
            return clients.indices.reduce(0) { $0 + clients[$1].receive(words[1], words[2]) }
        }
        return 0
    }

    private mutating func receive(_ channel: String, _ payload: String) -> Int {
        var received: [String] = []
        if channels.contains(channel) { received.append("message \(channel) \(payload)") }
        for pattern in patterns where Self.matches(channel, pattern) {
            received.append("pmessage \(pattern) \(channel) \(payload)")
        }
        if !received.isEmpty { messages.append(received) }
        return received.count
    }

    private static func matches(_ channel: String, _ pattern: String) -> Bool {
        switch pattern {
        case "a*": channel.hasPrefix("a")
        case "?": channel.count == 1
        default: channel.contains("b")
        }
    }
}

/// A client of RESP3 that keeps the messages it is pushed.
private final class Listener {
    private let client: TestClient
    /// The messages of each publication, in order; payloads differ.
    private(set) var messages: [[String]] = []

    init(_ client: TestClient) throws {
        self.client = client
        _ = try client.ask("HELLO", "3")
    }

    /// Says something, and returns the reply if it is not a push.
    func talk(_ words: [String]) throws -> String {
        try client.send(TestClient.request(words) + TestClient.request(["ECHO", "that is all"]))
        var told = ""
        while true {
            let reply = String(decoding: try client.reply(), as: UTF8.self)
            if reply.hasSuffix("that is all\r\n") { return told }
            if reply.hasPrefix(">") { note(reply) } else { told = reply }
        }
    }

    private func note(_ push: String) {
        let words = push.split(separator: "\r\n").filter { !"$>:".contains($0.prefix(1)) }
        guard words[0].hasSuffix("message") else { return }
        let text = words.joined(separator: " ")
        if messages.last?.first?.split(separator: " ").last == words.last {
            messages[messages.count - 1].append(text)
        } else {
            messages.append([text])
        }
    }
}

extension TestClient {
    /// The payload of the next message.
    fileprivate func pushed() throws -> String {
        let lines = String(decoding: try reply(), as: UTF8.self).split(separator: "\r\n")
        return lines.first?.hasPrefix(">") == true ? String(lines.last ?? "") : "no push: \(lines)"
    }
}
