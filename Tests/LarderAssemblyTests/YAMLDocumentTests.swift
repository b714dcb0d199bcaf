import LarderAssembly
import LarderCore
import Testing

@Suite struct YAMLDocumentTests {
    private func problems(_ text: String) -> [String] {
        YAMLDocument(Array(text.utf8)).problems.map {
            "\($0.position.line):\($0.position.column): \($0.message)"
        }
    }

    @Test func `knows where every key and value stands`() throws {
        let document = YAMLDocument(Array("a: 1\nb:\n  cé: [x, 'y z']\n".utf8))
        #expect(document.problems == [])
        guard case .mapping(let entries) = try #require(document.root).content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.key) == ["a", "b"])
        #expect(entries[0].position == .init(line: 1, column: 1))
        #expect(entries[0].value.position == .init(line: 1, column: 4))
        #expect(entries[0].value.content == .scalar("1"))
        guard case .mapping(let inner) = entries[1].value.content else {
            Issue.record("no inner mapping")
            return
        }
        #expect(inner[0].key == "cé")
        #expect(inner[0].position == .init(line: 3, column: 3))
        guard case .sequence(let items) = inner[0].value.content else {
            Issue.record("no sequence")
            return
        }
        #expect(items.map(\.content) == [.scalar("x"), .scalar("y z")])
        #expect(items.map(\.position.column) == [8, 11])
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "~", "null"])
    func `an empty text holds nothing and is not wrong`(text: String) {
        let document = YAMLDocument(Array(text.utf8))
        #expect(document.problems == [])
        #expect(document.root == nil || document.root?.content == .empty)
    }

    @Test func `quotes make a text of what would be nothing`() {
        #expect(YAMLDocument(Array("''".utf8)).root?.content == .scalar(""))
        #expect(YAMLDocument(Array("\"null\"".utf8)).root?.content == .scalar("null"))
    }

    @Test func `refuses what a configuration does not need`() {
        #expect(
            problems("a: &x 1\nb: *x\n")
                == ["2:4: aliases are not supported; write the value itself"])
        #expect(
            problems("a: !!int 1")
                == ["1:4: tags such as !!str are not supported; leave the tag away"])
        #expect(problems("? [a]\n: 1\n") == ["1:3: a key is a name, such as 'memory'"])
        #expect(
            problems("a: 1\n---\nb: 2\n")
                == ["2:1: a second document begins here; a configuration is one document"])
    }

    @Test func `a key comes once`() {
        #expect(
            problems("a: 1\nb: { c: 1, c: 2 }\na: 3\n")
                == ["2:12: 'c' stands in line 2 already", "3:1: 'a' stands in line 1 already"])
    }

    @Test func `a text that is not YAML has no tree`() {
        let document = YAMLDocument(Array("a: { b: 1\nc: 2".utf8))
        #expect(document.root == nil)
        #expect(document.problems.count == 1)
    }

    @Test func `nesting is bounded`() {
        let depth = YAMLDocument.depthMax
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(problems(deep) == [])
        #expect(problems("[" + deep + "]") == ["1:33: more than 32 levels of nesting"])
        #expect(problems(String(repeating: "[", count: 200_000)).count == 1)
        #expect(problems(String(repeating: "- ", count: 200_000)).count == 1)
    }

    @Test func `size is bounded`() {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: YAMLDocument.byteCountMax + 1)
        let document = YAMLDocument(bytes)
        #expect(document.root == nil)
        #expect(
            document.problems.map(\.message)
                == ["the file has 1048577 bytes; at most 1048576 are read"])
    }

    @Test func `bytes that are not UTF-8 are named with their place`() {
        let document = YAMLDocument(Array("a: 1\nb: ".utf8) + [0xFF, 0x0A])
        #expect(document.problems.map(\.position) == [.init(line: 2, column: 4)])
        #expect(document.problems.first?.message.hasPrefix("this is not UTF-8 text") == true)
    }

    @Test(arguments: [
        "a: b\n", "[a,", "{a: ", "? ", "- ", "a,", "'", "\"a\" ", "&a ", "| ", "\n", "# ",
    ])
    func `reading takes time that grows with the length, not faster`(part: String) {
        let count = (YAMLDocument.byteCountMax / 4) / part.utf8.count
        let bytes = Array(String(repeating: part, count: count).utf8)
        let short = threadTime { _ = load(Array(bytes.prefix(bytes.count / 8))) }
        let long = threadTime { _ = load(bytes) }
        // Quadratic work would be 64 times as long; the rest is for what a cold start costs.
        #expect(long < short * 32 + .milliseconds(100))
    }

    /// CPU time of this thread in `body`.
    private func threadTime(_ body: () -> Void) -> Duration {
        let start = MonotonicClock.threadTime()
        body()
        return MonotonicClock.threadTime() - start
    }

    private func load(_ bytes: [UInt8]) -> String {
        let file = ConfigurationInput.File(name: "f", bytes: bytes)
        do throws(ConfigurationProblems) {
            return try Configuration.load(ConfigurationInput(file: file)).configuration.yaml
        } catch {
            return error.description
        }
    }

    @Test(arguments: UInt64(0)..<32)
    func `random bytes never trap`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let count = Int.random(in: 0..<200, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let document = YAMLDocument(bytes)
            let lineMax = count + 1
            #expect(document.problems.allSatisfy { (1...lineMax).contains($0.position.line) })
        }
    }

    @Test(arguments: UInt64(0)..<32)
    func `broken configurations never trap, and say where they are broken`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let odd = "x: &a [1, {b: 'c'}]\ny: *a\n? z\n: |\n  t\n"
        let valid = Array((Configuration().yaml + odd).utf8)
        let marks = Array("[]{}:,-?&*!|>'\"#%@`\n\t \0\\".utf8) + [0xC3, 0xFF, 0xEF, 0xBB, 0xBF]
        for _ in 0..<100 {
            var bytes = valid
            for _ in 0...Int.random(in: 0..<6, using: &random) {
                damage(&bytes, with: marks, &random)
            }
            let file = ConfigurationInput.File(name: "f", bytes: bytes)
            do throws(ConfigurationProblems) {
                _ = try Configuration.load(ConfigurationInput(file: file))
            } catch {
                #expect(error.problems.isEmpty == false)
                #expect(error.problems.allSatisfy { $0.description.hasPrefix("f:") })
                #expect(error.problems.allSatisfy { (1...bytes.count).contains($0.source.line) })
            }
        }
    }

    private func damage(
        _ bytes: inout [UInt8], with marks: [UInt8], _ random: inout SeededRandom
    ) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let mark = marks.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = mark
        case 1: bytes.insert(mark, at: place)
        default:
            let end = place + Int.random(in: 0..<40, using: &random)
            bytes.removeSubrange(place..<max(place, min(bytes.count - 1, end)))
        }
    }
}

extension ConfigurationSource {
    /// The line in a file; 0 elsewhere.
    var line: Int {
        if case .file(_, let position) = self { position.line } else { 0 }
    }
}
