import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// Commands of words that make sense, put together so that they mostly do not.
@Suite(.onOwnThread) struct MemcachedGarbageTests {
    private static let verbs = [
        "mg", "ms", "md", "ma", "mn", "mg", "ms", "md", "ma", "get", "set", "add", "incr",
        "delete", "touch", "gat", "lru_crawler", "lru", "slabs", "extstore", "stats", "verbosity",
        "cache_memlimit", "shutdown", "refresh_certs", "MG", "\u{80}",
    ]

    /// None begins with `c` or `t`: versions differ from server to server, times go by.
    private static let words = [
        "a", "b", "YQ==", "a", "b", "v", "k", "q", "h", "f", "s", "u", "b", "I", "N30", "N-1", "N",
        "R30", "R", "Rx", "T60", "T-1", "T", "Oxy", "O", "O23456789012345678901234567890123", "C1",
        "C", "F5", "Fx", "MI", "MD", "MA", "ME", "MZ", "M", "J9", "Jx", "D5", "D", "P1", "L1", "0",
        "1", "3", "-1", "x", "noreply", "metadump", "all", "1,2", "detail", "dump",
        "reset", "automove", "mode", "flat", "graceful", "\0", "====",
        "99999999999999999999",
    ]

    /// Planted bugs that this fails with: a flag that is remembered from one command to the next; a
    /// value that is dropped or not, by where the bytes were cut.
    @Test(arguments: UInt64(0)..<24)
    func `random commands are answered alike, whole and cut`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let commands =
            (0..<200).map { _ in Self.command(&random) }.joined()
            // The last one may take what follows for its value.
            + "mn|mn|mn|"
        let (whole, cut) = (try ServerFixture(), try ServerFixture())
        let answers = try whole.memcachedClient().say(commands)
        let client = try cut.memcachedClient()
        var rest = Array(commands.replacing("|", with: "\r\n").utf8)[...]
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...40, using: &random))
            try client.send(Array(part))
            rest = rest.dropFirst(part.count)
        }
        #expect(try client.answers() == answers)
        for fixture in [whole, cut] { try fixture.store.checkInvariants() }
    }

    private static func command(_ random: inout SeededRandom) -> String {
        let verb = verbs.randomElement(using: &random) ?? ""
        let key = ["a", "b", "YQ=="].randomElement(using: &random) ?? ""
        let value = String(repeating: "5", count: Int.random(in: 0...3, using: &random))
        if verb == "set" || verb == "add" {
            return "\(verb) \(key) 7 0 \(value.utf8.count)|\(value)|"
        }
        let isMetaSet = verb == "ms"
        // What follows a command that takes a value is only sometimes one.
        let count = Int.random(in: 0...4, using: &random)
        let flags = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
        let length = isMetaSet ? " \(value.utf8.count)" : ""
        let line = "\(verb) \(key)\(length) \(flags.joined(separator: " "))|"
        return isMetaSet && Int.random(in: 0..<8, using: &random) > 0 ? line + "\(value)|" : line
    }
}
