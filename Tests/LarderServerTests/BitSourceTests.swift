import LarderAssembly
import LarderMemory
import LarderTesting
import Testing

/// BITOP with more sources than are joined under one lock.
@Suite(.onOwnThread) struct BitSourceTests {
    /// Fails when the sources are copied, which takes 140 MB.
    @Test func `many sources take no memory`() async {
        await #expect(processExitsWith: .success) {
            let fixture = try ServerFixture()
            let client = try fixture.client()
            _ = try client.ask("SET", "key", String(repeating: "a", count: 7000))
            let words = ["BITOP", "OR", "target"] + [String](repeating: "key", count: 20_000)
            _ = try client.ask(["BITOP", "OR", "target"] + words.suffix(20))
            let before = ResidentMemory.peakBytes
            #expect(try client.ask(words) == ":7000\r\n")
            let growth = ResidentMemory.peakBytes - before
            precondition(growth < 40 << 20, "\(growth >> 20) MB")
        }
    }

    private static func value(_ letter: Character, _ count: Int) -> String {
        String(repeating: letter, count: count)
    }

    /// Short, long and absent sources, some of them beyond the first window.
    @Test(arguments: ["AND", "OR", "XOR"])
    func `joins many short and long sources`(operation: String) throws {
        let client = try ServerFixture().client()
        let values = [
            Self.value("a", 3), Self.value("b", 7000), Self.value("c", 8000),
            Self.value("d", 90_000), Self.value("e", 20_001), Self.value("f", 70_000),
        ]
        for (index, value) in values.enumerated() { _ = try client.ask("SET", "k\(index)", value) }
        let many = [1] + [Int](repeating: 2, count: 9)
        for sources in [[0, 1, 2, 3, 4, 5], [3, 4, 5], many, [5, 3, 9]] {
            let words = ["BITOP", operation, "t"] + sources.map { "k\($0)" }
            let bytes = sources.map { $0 < values.count ? Array(values[$0].utf8) : [] }
            let length = bytes.map(\.count).max() ?? 0
            let joined = (0..<length).map { place -> UInt8 in
                let column = bytes.map { place < $0.count ? $0[place] : 0 }
                return column.dropFirst().reduce(column[0]) { left, right in
                    switch operation {
                    case "AND": left & right
                    case "OR": left | right
                    default: left ^ right
                    }
                }
            }
            #expect(try client.ask(words) == ":\(length)\r\n")
            try client.send(TestClient.request(["GET", "t"]))
            let reply = try client.reply()
            #expect(Array(reply.dropFirst("$\(length)\r\n".utf8.count).dropLast(2)) == joined)
        }
    }

    /// The sum of the sources is always the same; fails when a source may change unnoticed.
    @Test func `sees all sources as they were at one moment`() throws {
        let fixture = try ServerFixture()
        let names = (0..<12).map { "k\($0)" }
        let client = try fixture.client()
        for name in names { _ = try client.ask("SET", name, Self.value("a", 7000)) }
        let odd = onThreads(3) { thread -> [String] in
            do {
                let client = try fixture.client()
                return try (0..<300).compactMap { turn in
                    if thread == 0 {
                        let letter = turn % 2 == 0 ? "b" : "a"
                        let pairs = names.flatMap { [$0, Self.value(Character(letter), 7000)] }
                        _ = try client.ask(["MSET"] + pairs)
                        return nil
                    }
                    _ = try client.ask(["BITOP", "XOR", "t\(thread)"] + names)
                    let count = try client.ask("BITCOUNT", "t\(thread)")
                    return count == ":0\r\n" ? nil : count
                }
            } catch {
                return ["\(error)"]
            }
        }
        #expect(odd.flatMap(\.self).isEmpty)
    }
}
