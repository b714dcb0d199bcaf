import LarderAssembly
import LarderMemory
import LarderServer
import Testing

/// What a client may queue between MULTI and EXEC is bounded, and counted to the clients' memory.
@Suite(.onOwnThread) struct TransactionLimitTests {
    private static let memory = 2 << 20

    private func fixture() throws -> ServerFixture {
        try ServerFixture { $0.clients.memoryBytes = Self.memory }
    }

    @Test func `a queue beyond half of the clients' memory is refused`() throws {
        let client = try fixture().client()
        let value = String(repeating: "v", count: 1_000)
        #expect(try client.ask("MULTI") == "+OK\r\n")
        var queued = 0
        var reply = "+QUEUED\r\n"
        while reply == "+QUEUED\r\n", queued < 10_000 {
            reply = try client.ask("SET", "key", value)
            queued += 1
        }
        #expect(
            reply == "-ERR the transaction takes more than \(Self.memory / 2) bytes, "
                + "half of clients.memory\r\n")
        #expect((700..<1_100).contains(queued))
        // What will never run is not kept, however much comes.
        for _ in 0..<5_000 { _ = try client.ask("SET", "key", value) }
        #expect(
            try client.ask("EXEC")
                == "-EXECABORT Transaction discarded because of previous errors.\r\n")
        #expect(try client.ask("GET", "key") == "$-1\r\n")
    }

    @Test func `many clients that queue are cut before they exceed the clients' memory`() throws {
        let fixture = try fixture()
        let value = String(repeating: "v", count: 10_000)
        let clients = try (0..<8).map { _ in try fixture.client() }
        var cut = 0
        for client in clients {
            do {
                _ = try client.ask("MULTI")
                for _ in 0..<90 { _ = try client.ask("SET", "key", value) }
            } catch {
                cut += 1
            }
        }
        let answering = clients.count { (try? $0.ask("DISCARD")) == "+OK\r\n" }
        #expect(answering <= 4, "eight queues of 900 kB are more than 2 MB")
        #expect(answering + cut > 0)
        #expect(try fixture.client().ask("PING") == "+PONG\r\n")
    }

    @Test func `ten thousand MULTI in one piece are answered`() throws {
        let client = try fixture().client()
        let count = 10_000
        try client.send(String(repeating: "MULTI\r\n", count: count))
        #expect(try client.line() == Array("+OK\r\n".utf8))
        for _ in 1..<count {
            #expect(try client.line() == Array("-ERR MULTI calls can not be nested\r\n".utf8))
        }
    }

    @Test func `a long queue in many chunks runs in order`() throws {
        let client = try ServerFixture().client()
        let count = 20_000
        let value = String(repeating: "x", count: 90_000)
        var requests = TestClient.request(["MULTI"])
        for number in 0..<count {
            requests += TestClient.request(["ECHO", "\(number)"])
            if number % 1_000 == 0 {
                requests += TestClient.request(["APPEND", "key", value])
            }
        }
        try client.send(requests + TestClient.request(["EXEC"]))
        for _ in 0...count + 20 { _ = try client.line() }
        #expect(try client.line() == Array("*\(count + 20)\r\n".utf8))
        for number in 0..<count {
            let echo = String(decoding: try client.reply(), as: UTF8.self)
            try #require(echo == "$\("\(number)".count)\r\n\(number)\r\n")
            if number % 1_000 == 0 { _ = try client.reply() }
        }
        #expect(try client.ask("STRLEN", "key") == ":1800000\r\n")
    }
}
