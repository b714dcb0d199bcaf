import LarderAssembly
import LarderTesting
import Testing

/// What listeners are told of writes. Tests/Acceptance/scenarios/events.txt has the rest.
struct KeyspaceEventTests {
    /// Runs commands, and returns the events of all of them: name and key.
    private func events(
        _ classes: String, _ commands: [String], memcached: String? = nil
    ) throws -> [String] {
        let server = try ServerFixture { $0.pubsub.events = EventClasses(classes) ?? [] }
        let (listener, writer) = (try server.client(), try server.client())
        _ = try listener.ask("PSUBSCRIBE", "__keyevent@*")
        for command in commands {
            _ = try writer.ask(command.split(separator: " ").map(String.init))
        }
        if let memcached { _ = try server.memcachedClient().say(memcached) }
        _ = try writer.ask("PUBLISH", "__keyevent@0__:end", "end")
        var told: [String] = []
        while told.last != "end end" {
            let reply = String(decoding: try listener.reply(), as: UTF8.self)
            let lines = reply.split(separator: "\r\n")
            let name = lines[6].split(separator: ":").last ?? ""
            told.append("\(name) \(lines[8])")
        }
        return told.dropLast()
    }

    @Test func `events of one command are in the order of its keys`() throws {
        let keys = (0..<50).map { "key\($0)" }
        let pairs = keys.map { "\($0) 1" }.joined(separator: " ")
        let told = try events(
            "EA", ["MSET \(pairs)", "DEL \(keys.joined(separator: " "))"])
        #expect(told == keys.map { "set \($0)" } + keys.map { "del \($0)" })
    }

    @Test func `writes of memcached are told like others`() throws {
        let told = try events(
            "EAn", [],
            memcached: "set a 0 0 1|1|set a 0 100 1|1|add b 0 0 1|1|add b 0 0 1|1|append b 0 0 1|1|"
                + "incr a 1|touch a 100|delete a|delete a|ms c 1 T50|x|md c|")
        #expect(
            told == [
                "new a", "set a", "set a", "expire a", "new b", "set b", "append b", "incrby a",
                "expire a", "del a", "new c", "set c", "expire c", "del c",
            ])
    }

    @Test func `a large value that was streamed is told of`() throws {
        let server = try ServerFixture { $0.pubsub.events = EventClasses("EA") ?? [] }
        let (listener, writer) = (try server.client(), try server.client())
        _ = try listener.ask("PSUBSCRIBE", "__keyevent@*")
        let value = String(repeating: "x", count: 300_000)
        #expect(try writer.ask("SET", "large", value) == "+OK\r\n")
        #expect(String(decoding: try listener.reply(), as: UTF8.self).hasSuffix("large\r\n"))
        _ = try server.memcachedClient().say("set other 0 0 300000|\(value)|")
        #expect(String(decoding: try listener.reply(), as: UTF8.self).hasSuffix("other\r\n"))
    }

    @Test func `what leaves to make room is told of`() throws {
        let server = try ServerFixture {
            $0.pubsub.events = EventClasses("Ee") ?? []
            $0.memory.maxEntries = 16
        }
        let (listener, writer) = (try server.client(), try server.client())
        _ = try listener.ask("SUBSCRIBE", "__keyevent@0__:evicted")
        for number in 0..<64 { _ = try writer.ask("SET", "key\(number)", "1") }
        let left = try #require(
            Int(try writer.ask("DBSIZE").filter(\.isNumber)), "DBSIZE is a number.")
        var evicted: Set<String> = []
        for _ in 0..<64 - left {
            evicted.insert(String(decoding: try listener.reply(), as: UTF8.self))
        }
        #expect(evicted.count == 64 - left)
    }

    @Test(
        arguments: [
            ("KEA", "AKE"), ("KEAmn", "AKEm"), ("An", "A"), ("g$lshzxetdE", "AE"), ("m", "m"),
            ("", ""), ("nmKg", "gnKm"), ("Eg$", "g$E"), ("xK", "xK"),
        ])
    func `classes are shown as redis shows them`(letters: String, shown: String) {
        #expect(EventClasses(letters)?.text == shown)
    }

    @Test func `a letter without a meaning is refused`() {
        #expect(EventClasses("Kq") == nil)
        #expect(EventClasses("k") == nil)
    }
}
