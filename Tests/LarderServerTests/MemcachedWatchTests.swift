import LarderAssembly
import LarderMemory
import LarderServer
import LarderTesting
import Testing

@Suite(.onOwnThread) struct MemcachedWatchTests {
    @Test func `a watcher sees reads and writes`() throws {
        let fixture = try ServerFixture()
        let watcher = try fixture.memcachedClient()
        try watcher.send("watch fetchers mutations\r\n")
        #expect(try watcher.text(4) == "OK\r\n")
        let client = try fixture.memcachedClient()
        _ = try client.say("set a:b 0 100 3|abc|get a:b none|")
        let expected = [
            "type=item_get key=a%3Ab status=not_found clsid=0 cfd= size=0",
            "type=item_store key=a%3Ab status=stored cmd=set ttl=100 clsid=1 cfd= size=3",
            "type=item_get key=a%3Ab status=found clsid=1 cfd= size=3",
            "type=item_get key=none status=not_found clsid=0 cfd= size=0",
        ]
        for line in expected { #expect(try Self.event(of: watcher) == line) }
    }

    @Test func `a watcher sees who comes and goes`() throws {
        let fixture = try ServerFixture()
        let watcher = try fixture.memcachedClient()
        try watcher.send("watch connevents\r\n")
        #expect(try watcher.text(4) == "OK\r\n")
        let client = try fixture.memcachedClient()
        try client.send("quit\r\n")
        #expect(try client.remainder() == "")
        let came = try Self.event(of: watcher)
        let left = try Self.event(of: watcher)
        #expect(came.hasPrefix("type=conn_new rip=127.0.0.1 rport="))
        #expect(left.hasPrefix("type=conn_close rip=127.0.0.1 rport="))
        #expect(came.hasSuffix("transport=tcp cfd="))
        #expect(left.hasSuffix("transport=tcp reason=normal cfd="))
    }

    /// Planted bug that this fails with: lines that are put where nobody fetches them, once the
    /// watcher has said something else.
    @Test func `what a watcher says is dropped`() throws {
        let fixture = try ServerFixture()
        let watcher = try fixture.memcachedClient()
        try watcher.send("watch\r\nget a\r\n")
        #expect(try watcher.text(4) == "OK\r\n")
        try watcher.send("get a\r\nget b\r\n")
        let client = try fixture.memcachedClient()
        for key in ["a", "b", "c"] {
            _ = try client.say("delete \(key)|")
            #expect(try Self.event(of: watcher).contains("key=\(key) "))
            #expect(try Self.event(of: watcher).contains("key=none-such "))
        }
    }

    @Test func `a watcher that does not read loses lines, and is told how many`() throws {
        let fixture = try ServerFixture()
        let watcher = try fixture.memcachedClient()
        try watcher.send("watch fetchers\r\n")
        #expect(try watcher.text(4) == "OK\r\n")
        let client = try fixture.memcachedClient()
        let key = String(repeating: "k", count: 240)
        let batch = String(repeating: "get \(key)|", count: 500)
        var (rounds, skipped) = (0, 0)
        while skipped == 0, rounds < 500 {
            _ = try client.say(batch)
            skipped = try Self.counter("log_watcher_skipped", client)
            rounds += 1
        }
        #expect(skipped > 0)
        var told: String?
        while told == nil {
            let line = String(decoding: try watcher.line(), as: UTF8.self)
            if line.hasPrefix("skipped=") {
                told = line
            } else {
                // Once there is room, the next line says what was lost before it.
                _ = try client.say("get \(key)|")
            }
        }
        let count = try #require(Int(told?.dropFirst(8).dropLast() ?? ""))
        #expect(count >= skipped)
        #expect(try client.say("get none|") == "END|")
    }

    @Test func `there are at most twenty watchers`() throws {
        let fixture = try ServerFixture()
        var watchers: [TestClient] = []
        for _ in 0..<20 {
            let watcher = try fixture.memcachedClient()
            try watcher.send("watch evictions\r\n")
            #expect(try watcher.text(4) == "OK\r\n")
            watchers.append(watcher)
        }
        let client = try fixture.memcachedClient()
        #expect(try client.say("watch|") == "WATCHER_TOO_MANY log watcher limit reached|")
        #expect(try Self.counter("log_watchers", client) == 20)
        watchers = []
        var left = 20
        for _ in 0..<100_000 where left > 0 { left = try Self.counter("log_watchers", client) }
        #expect(left == 0)
    }

    /// What the next line tells, without time, number and socket.
    private static func event(of watcher: TestClient) throws -> String {
        let line = String(decoding: try watcher.line(), as: UTF8.self)
        #expect(line.hasPrefix("ts=") && line.hasSuffix("\n"))
        let words = line.dropLast().split(separator: " ").dropFirst(2)
        return words.map { $0.hasPrefix("cfd=") ? "cfd=" : String($0) }.joined(separator: " ")
    }

    private static func counter(_ name: String, _ client: TestClient) throws -> Int {
        let line = try client.say("stats|").split(separator: "|").first {
            $0.hasPrefix("STAT \(name) ")
        }
        return Int(line?.split(separator: " ").last ?? "") ?? 0
    }
}

@Suite(.onOwnThread) struct MemcachedOperatorTests {
    @Test func `metadump tells of every entry, however many there are`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.memcachedClient()
        for number in 0..<5_000 { try client.send("set key:\(number) 0 0 1 noreply\r\nx\r\n") }
        _ = try client.say("set a 0 1000 1|x|get a|")
        #expect(try fixture.client().ask("SET", "by RESP", "x") == "+OK\r\n")
        try client.send("lru_crawler metadump all\r\nmn\r\n")
        var lines: Set<String> = []
        while true {
            let line = String(decoding: try client.line(), as: UTF8.self)
            if line == "END\r\n" { break }
            lines.insert(line)
        }
        #expect(lines.count == 5_002)
        #expect(try client.text(4) == "MN\r\n")
        let first = try #require(lines.first { $0.hasPrefix("key=a ") })
        #expect(first.contains(" fetch=yes cls=1 size="))
        #expect(!first.contains(" exp=-1 "))
        #expect(lines.contains { $0.hasPrefix("key=by%20RESP exp=-1 la=") })
    }

    @Test func `shutdown ends the server where it is allowed`() throws {
        let fixture = try ServerFixture { $0.server.allowsShutdown = true }
        let client = try fixture.memcachedClient()
        #expect(try client.say("shutdown now|") == "CLIENT_ERROR invalid shutdown mode|")
        try client.send("shutdown graceful\r\n")
        #expect(try client.remainder() == "")
        fixture.server.wait()
        #expect(fixture.log.contains { $0.contains("shutdown by a memcached client") })
    }

    @Test func `cache_memlimit changes the limit of the store`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.memcachedClient()
        #expect(try client.say("cache_memlimit 100|") == "OK|")
        #expect(fixture.store.budget.limit == 100 << 20)
    }

    @Test func `the binary protocol and browsers are sent away`() throws {
        let fixture = try ServerFixture()
        let binary = try fixture.memcachedClient()
        try binary.send([0x80] + [UInt8](repeating: 0, count: 23))
        #expect(try binary.remainder() == "")
        #expect(fixture.log.contains { $0.contains("binary protocol is not spoken here") })
        let browser = try fixture.memcachedClient()
        try browser.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try browser.remainder() == "")
        // Later on, such a byte begins a word like any other.
        let client = try fixture.memcachedClient()
        #expect(try client.say("mn|") == "MN|")
        try client.send([0x80, 13, 10])
        #expect(try client.text(7) == "ERROR\r\n")
    }
}
