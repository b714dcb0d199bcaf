import LarderAssembly
import LarderWire
import Testing

@Suite(.onOwnThread) struct PipelineTests {
    @Test func `a pipeline cut at any byte has the same replies`() throws {
        let fixture = try ServerFixture()
        let requests = [
            ["SET", "key", "a\r\nb"], ["GET", "key"], ["MGET", "key", "none"],
            ["APPEND", "key", "c"],
            ["DEL", "key"], ["NOSUCH", "x"], ["GET", "key"],
        ]
        let bytes =
            requests.flatMap(TestClient.request) + Array("PING\r\n  ECHO 'in line'\n\r\n".utf8)
            + TestClient.request(["ECHO", "end"])
        let replies =
            "+OK\r\n$4\r\na\r\nb\r\n*2\r\n$4\r\na\r\nb\r\n$-1\r\n:5\r\n:1\r\n"
            + "-ERR unknown command 'NOSUCH', with args beginning with: 'x' \r\n$-1\r\n"
            + "+PONG\r\n$7\r\nin line\r\n$3\r\nend\r\n"
        let client = try fixture.client()
        for cut in 1..<bytes.count {
            try client.send(Array(bytes[..<cut]))
            try client.send(Array(bytes[cut...]))
            #expect(try client.text(replies.utf8.count) == replies, "cut at \(cut)")
        }
        for byte in bytes { try client.send([byte]) }
        #expect(try client.text(replies.utf8.count) == replies)
    }

    @Test func `large values keep their place between small replies`() throws {
        let client = try ServerFixture().client()
        let sizes = [8_191, 8_192, 8_193, 65_536, 70_001, 1_500_000]
        for size in sizes {
            let value = Self.value(size)
            #expect(try client.ask("SET", "large:\(size)", value) == "+OK\r\n")
        }
        _ = try client.ask("SET", "small", "s")
        var requests: [UInt8] = []
        for size in sizes {
            requests += TestClient.request(["GET", "small"])
            requests += TestClient.request(["GET", "large:\(size)"])
            requests += TestClient.request(["MGET", "small", "large:\(size)", "none"])
            requests += TestClient.request(["STRLEN", "large:\(size)"])
        }
        try client.send(requests)
        for size in sizes {
            let value = "$\(size)\r\n\(Self.value(size))\r\n"
            let wanted =
                "$1\r\ns\r\n" + value + "*3\r\n$1\r\ns\r\n" + value + "$-1\r\n" + ":\(size)\r\n"
            // Not as an operand of #expect, which would print megabytes.
            let isRight = try client.text(wanted.utf8.count) == wanted
            #expect(isRight, "a value of \(size) bytes")
        }
    }

    @Test func `a value that is overwritten while it is sent arrives as it was read`() throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(256 << 20) }
        let reader = try fixture.client()
        let writer = try fixture.client()
        let old = Self.value(4_000_000)
        #expect(try writer.ask("SET", "key", old) == "+OK\r\n")
        // More than the socket takes at once: most of it waits while the value is replaced.
        try reader.send(TestClient.request(["GET", "key"]))
        let head = try reader.text(10)
        #expect(try writer.ask("SET", "key", "new") == "+OK\r\n")
        #expect(try writer.ask("DEL", "key") == ":1\r\n")
        let rest = try reader.text(old.utf8.count)
        let isWhole = head + rest == "$4000000\r\n" + old
        #expect(isWhole)
        #expect(try reader.text(2) == "\r\n")
    }

    @Test func `ten thousand requests in one piece are answered in order`() throws {
        let client = try ServerFixture().client()
        let count = 10_000
        try client.send((0..<count).flatMap { TestClient.request(["ECHO", "\($0)"]) })
        for number in 0..<count {
            let reply = String(decoding: try client.reply(), as: UTF8.self)
            try #require(reply == "$\("\(number)".count)\r\n\(number)\r\n")
        }
    }

    private static func value(_ size: Int) -> String {
        String(repeating: "abcdefghijklmnopqrstuvwxyz012345", count: size / 32 + 1)
            .prefix(size).description
    }
}
