import LarderCore
import LarderMemory
import LarderTesting
import Testing

@Suite(.onOwnThread) struct GarbageTests {
    /// What breaks the protocol, and what redis says to it before it closes.
    static let breaches = [
        ("*abc\r\n", "invalid multibulk length"), ("*3000000000\r\n", "invalid multibulk length"),
        ("*1\r\nfoo\r\n", "expected '$', got 'f'"), ("*1\r\n$abc\r\n", "invalid bulk length"),
        ("*1\r\n$-2\r\n", "invalid bulk length"),
        ("ECHO \"open\r\n", "unbalanced quotes in request"),
        ("*2\r\n$3\r\nGET\r\n$2000000000\r\n", "invalid bulk length"),
    ]

    @Test(arguments: breaches)
    func `a breach of the protocol is named`(bytes: String, text: String) throws {
        let client = try ServerFixture().client()
        try client.send("PING\r\n" + bytes)
        #expect(try client.remainder() == "+PONG\r\n-ERR Protocol error: \(text)\r\n")
    }

    @Test func `a value above the limit is refused before it arrives`() throws {
        let client = try ServerFixture().client()
        try client.send("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$100000000\r\n")
        #expect(try client.remainder().contains("memory.max-value is 16777216"))
    }

    /// P12.
    @Test func `garbage on one connection costs nobody else anything`() throws {
        let fixture = try ServerFixture()
        let steady = try fixture.client()
        #expect(try steady.ask("SET", "key", "value") == "+OK\r\n")
        var random = SeededRandom(seed: 12)
        for turn in 0..<200 {
            let vandal = try turn.isMultiple(of: 2) ? fixture.client() : fixture.memcachedClient()
            // The server may close at any byte.
            try? vandal.send(Self.garbage(turn, &random))
            #expect(try steady.ask("GET", "key") == "$5\r\nvalue\r\n")
        }
        #expect(try steady.ask("DBSIZE") == ":1\r\n")
        #expect(try fixture.client().ask("PING") == "+PONG\r\n")
        try fixture.store.checkInvariants()
    }

    private static func garbage(_ turn: Int, _ random: inout SeededRandom) -> [UInt8] {
        switch turn % 5 {
        case 0: (0..<3_000).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
        case 1: Array(breaches[turn % breaches.count].0.utf8)
        case 2: Array("*1000000\r\n$5\r\n".utf8)
        case 3: Array(repeating: UInt8(ascii: "x"), count: 100_000)
        default:
            // A valid request with one byte changed.
            mutated(TestClient.request(["GETSET", "key", "value"]), &random)
        }
    }

    private static func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        // Within the head, so that the request never becomes a valid one for the key.
        bytes[Int.random(in: 0..<8, using: &random)] = UInt8.random(in: 0...31, using: &random)
        return bytes
    }
}
