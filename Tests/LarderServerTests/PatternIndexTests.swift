import LarderCore
@testable import LarderServer
import LarderWire
import Testing

@Suite(.onOwnThread) struct PatternIndexTests {
    private static func name(_ length: Int, _ random: inout SeededRandom) -> TopicName {
        TopicName((0..<length).map { _ in [UInt8]("ab".utf8).randomElement(using: &random) ?? 0 })
    }

    private static func pattern(_ random: inout SeededRandom) -> TopicName {
        let ends = ["", "*", "?*", "[ab]*", #"\a*"#, "*b"]
        // Beginnings on both sides of the 64 bytes that count.
        let length = [0, 1, 2, 3, 63, 64, 65, 70].randomElement(using: &random) ?? 0
        let end = ends.randomElement(using: &random) ?? ""
        // Long beginnings are of one letter, so that they meet.
        guard length > 3 else { return TopicName(name(length, &random).bytes + Array(end.utf8)) }
        return TopicName([UInt8](repeating: 97, count: length) + Array(end.utf8))
    }

    @Test(arguments: UInt64(0)..<32) func `finds what a look at all would find`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var index = PatternIndex()
        var model: Set<TopicName> = []
        for _ in 0..<600 {
            let pattern = Self.pattern(&random)
            if Bool.random(using: &random) {
                index.insert(pattern)
                model.insert(pattern)
            } else {
                index.remove(pattern)
                model.remove(pattern)
            }
            let isLong = Bool.random(using: &random)
            let channel =
                isLong
                ? TopicName([UInt8](repeating: 97, count: .random(in: 60...72, using: &random)))
                : Self.name(.random(in: 0...6, using: &random), &random)
            var found: [TopicName] = []
            index.forEach(matching: channel) { found.append($0) }
            let wanted = model.filter { pattern in
                let (text, form) = (channel.bytes, pattern.bytes)
                return unsafe Glob.matches(text.span.bytes, form.span.bytes)
            }
            #expect(found.count == wanted.count)
            #expect(Set(found) == wanted)
        }
    }

    @Test func `names are equal when their bytes are, and hash the same`() {
        let (first, second) = (TopicName([1, 2, 3]), TopicName([1, 2, 3]))
        #expect(first == second && first.hashValue == second.hashValue)
        #expect(first != TopicName([1, 2, 4]) && first != TopicName([1, 2]))
        #expect(first.prefixHash(2) == TopicName([1, 2, 9]).prefixHash(2))
    }
}
