@testable import LarderCore
import Testing

@Suite struct NamespaceMatcherTests {
    private func matcher(_ texts: [String]) throws -> NamespaceMatcher {
        try NamespaceMatcher(
            texts.map { text throws(TextFormError) in
                try KeyPattern(parsing: text)
            })
    }

    private func number(_ matcher: NamespaceMatcher, _ key: [UInt8]) -> Int? {
        unsafe matcher.number(of: key.span.bytes)
    }

    @Test(
        arguments: [
            ("user:me", 1), ("user:you", 0), ("user:m", 0), ("user:mee", 0), ("order:7", 2),
            ("user:7:posts", 3), ("user:7:likes", 4), ("user:7:likes:8", 4), ("post:1:2", nil),
            ("", nil), (":", nil), ("user:", nil), ("user::posts", nil), ("x:", nil),
        ] as [(String, Int?)])
    func `the most specific pattern wins`(key: String, expected: Int?) throws {
        let matcher = try matcher([
            "user:{id}", "user:me", "{kind}:{id}", "user:{id}:posts", "user:{id}:{what...}",
        ])
        #expect(number(matcher, Array(key.utf8)) == expected)
    }

    @Test func `among equals the one without a rest wins, then the first`() throws {
        #expect(number(try matcher(["a:{x...}", "a:{x}"]), Array("a:b".utf8)) == 1)
        #expect(number(try matcher(["{x}:b", "a:{y}"]), Array("a:b".utf8)) == 0)
        #expect(number(try matcher(["a:{y}", "{x}:b"]), Array("a:b".utf8)) == 0)
        // A branch that looked better at first and led nowhere costs the other ones nothing.
        let matcher = try matcher(["a:{x}:c", "a:b:d"])
        #expect(number(matcher, Array("a:b:c".utf8)) == 0)
    }

    @Test func `captures come with the number`() throws {
        let matcher = try matcher(["a", "user:{id}:page:{n}"])
        let key = Array("user:42:page:7".utf8)
        let match = try #require(unsafe matcher.match(key.span.bytes))
        #expect(match.number == 1 && match.captures.count == 2)
        #expect(match.captures[0] == 5..<7 && match.captures[1] == 13..<14)
    }

    @Test func `two patterns for the same keys are refused`() {
        #expect(throws: NamespaceMatcherError.same(first: 0, second: 2)) {
            try self.matcher(["user:{id}", "user:me", "user:{name}"])
        }
    }

    @Test func `no patterns match nothing`() throws {
        #expect(number(try matcher([]), []) == nil)
        #expect(number(try matcher([]), [1]) == nil)
    }

    /// Few different bytes, so that patterns overlap and keys match.
    private func text(_ random: inout SeededRandom, _ pieces: [String]) -> String {
        (0..<Int.random(in: 1...6, using: &random))
            .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    @Test(arguments: UInt64(0)..<100)
    func `agrees with trying all patterns in turn`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var patterns: [KeyPattern] = []
        for index in 0..<400 where patterns.count < 12 {
            let shape = text(&random, ["a", "b", ":", "x", "{}", "{}:", "{}x"])
            let parts = shape.split(separator: "{}", omittingEmptySubsequences: false)
            let named = parts.enumerated().map {
                $0.offset == 0 ? "\($0.element)" : "{n\($0.offset)}\($0.element)"
            }
            let rest = index % 5 == 0 ? "{rest...}" : ""
            guard let pattern = try? KeyPattern(parsing: named.joined() + rest),
                patterns.contains(where: { $0.matchesSameKeys(as: pattern) }) == false
            else { continue }
            patterns.append(pattern)
        }
        let matcher = try NamespaceMatcher(patterns)
        for _ in 0..<500 {
            let key = Array(text(&random, ["a", "b", ":", "x", "y"]).utf8)
            #expect(number(matcher, key) == Self.slowNumber(patterns, key), "\(patterns) \(key)")
        }
    }

    private static func slowNumber(_ patterns: [KeyPattern], _ key: [UInt8]) -> Int? {
        let matching = patterns.indices.filter { patterns[$0].parts(of: key) != nil }
        return matching.min { left, right in
            let (first, second) = (patterns[left], patterns[right])
            if first.literal.count != second.literal.count {
                return first.literal.count > second.literal.count
            }
            let (firstRest, secondRest) = (
                first.text.hasSuffix("...}"), second.text.hasSuffix("...}")
            )
            return firstRest == secondRest ? left < right : secondRest
        }
    }

    @Test func `ten thousand patterns cost a key what one costs it`() throws {
        let many = (0..<10_000).map { "tenant\($0):{id}:item:{n}" }
        let (one, all) = (try matcher([many[7777]]), try matcher(many))
        let key = Array("tenant7777:abc:item:99".utf8)
        var (few, most) = (0, 0)
        #expect(unsafe one.number(of: key.span.bytes, &few) == 0)
        #expect(unsafe all.number(of: key.span.bytes, &most) == 7777)
        #expect(most <= few)
        #expect(all.stateCount < 250_000)
        for number in [0, 1, 999, 5000, 9999] {
            #expect(self.number(all, Array("tenant\(number):x:item:y".utf8)) == number)
        }
    }

    /// Each byte of a key costs one step and at most seven edges, whatever the patterns are.
    @Test func `keys that nearly match cost no more than their length`() throws {
        var texts = (0..<40).map { "{a}:" + String(repeating: "x:", count: $0) + "{b}:y" }
        texts += (0..<40).map { String(repeating: "x", count: $0) + "-{a}-{b}:z" }
        texts += ["{a}", "{a}:{b}", "{a}:{b}:{all...}"]
        let matcher = try matcher(texts)
        let keys = ["x:", "x-", "x", ":", "-", "xx:x-"].map { unit in
            Array(String(repeating: unit, count: 65_536 / unit.utf8.count).utf8)
        }
        for key in keys {
            var stepCount = 0
            _ = unsafe matcher.number(of: key.span.bytes, &stepCount)
            #expect(stepCount <= 8 * key.count)
        }
    }

    @Test func `binary keys of 64 KB are found`() throws {
        let matcher = try matcher(["b:{x}:{y...}", "b:{x}"])
        let key = Array("b:".utf8) + (0..<(64 << 10)).map { UInt8(truncatingIfNeeded: $0 | 128) }
        #expect(number(matcher, key) == 1)
        #expect(number(matcher, key + Array(":".utf8) + [0, 58, 0]) == 0)
    }

    /// Eight places with ten words each: 11^8 combinations of patterns that still may match.
    @Test func `patterns that overlap in too many ways are refused`() {
        let texts = (0..<80).map { pattern in
            (0..<8).map { $0 == pattern / 10 ? "word\(pattern % 10)" : "{n\($0)}" }
                .joined(separator: ":")
        }
        func build(_ count: Int) throws {
            let patterns = try texts.prefix(count).map { text throws(TextFormError) in
                try KeyPattern(parsing: text)
            }
            var builder = NamespaceMatcherBuilder(patterns, workMax: 20_000)
            try builder.build()
        }
        #expect(throws: NamespaceMatcherError.tooManyStates) { try build(80) }
        #expect(throws: Never.self) { try build(10) }
    }
}
