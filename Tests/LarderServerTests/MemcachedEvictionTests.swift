import LarderAssembly
import LarderMemory
import LarderTesting
import Testing

@Suite(.onOwnThread) struct MemcachedEvictionTests {
    /// Planted bugs that this fails with: the time of an entry that never expires; the mark of the
    /// newest entry; the length with the key's.
    @Test func `a watcher sees what leaves to make room, and what it was`() throws {
        let fixture = try ServerFixture {
            $0.memory.maxEntries = 16
            $0.memory.policy = .fifo
        }
        let watcher = try fixture.memcachedClient()
        try watcher.send("watch evictions\r\n")
        #expect(try watcher.text(4) == "OK\r\n")
        let client = try fixture.memcachedClient()
        for number in 0..<400 {
            let (seconds, value) = (number % 2 * 100, String(repeating: "x", count: number % 7))
            _ = try client.say("set key:\(number) 0 \(seconds) \(number % 7)|\(value)|")
            if number % 3 == 0 { _ = try client.say("get key:\(number)|") }
        }
        var evicted: Set<String> = []
        for _ in 0..<400 - fixture.store.count(database: 0) {
            let line = String(decoding: try watcher.line(), as: UTF8.self)
            let words = line.split(separator: " ")
            let name = try #require(words.first { $0.hasPrefix("key=key%3A") })
            let number = try #require(Int(name.dropFirst(10)))
            let isRead = number % 3 == 0 ? "yes" : "no"
            // It may have become older on a busy machine.
            let lives = number % 2 == 0 ? -1 ... -1 : 60...100
            let ttl = try #require(Int(words[5].dropFirst(4)))
            #expect(lives.contains(ttl))
            #expect(
                words.dropFirst(2).joined(separator: " ")
                    == "type=eviction \(name) fetch=\(isRead) ttl=\(ttl) la=0 clsid=1"
                    + " size=\(number % 7)\n")
            evicted.insert(String(name))
        }
        #expect(evicted.count == 400 - fixture.store.count(database: 0))
        #expect(evicted.count >= 384)
    }

    /// Planted bug that this fails with: a watcher that goes without a word to the store.
    @Test func `the store notes evictions only while somebody watches them`() throws {
        let fixture = try ServerFixture()
        #expect(fixture.store.events.wanted == [])
        do {
            let other = try fixture.memcachedClient()
            try other.send("watch fetchers\r\n")
            #expect(try other.text(4) == "OK\r\n")
            #expect(fixture.store.events.wanted == [])
            let watcher = try fixture.memcachedClient()
            try watcher.send("watch evictions\r\n")
            #expect(try watcher.text(4) == "OK\r\n")
            #expect(fixture.store.events.wanted == .evictions)
        }
        let client = try fixture.memcachedClient()
        for _ in 0..<100_000 where fixture.store.events.wanted != [] { _ = try client.say("mn|") }
        #expect(fixture.store.events.wanted == [])
    }
}
