import LarderCore
import Testing

@Suite struct KeyPatternTests {
    private func parts(_ pattern: String, _ key: String) throws -> [String]? {
        try KeyPattern(parsing: pattern).parts(of: Array(key.utf8))?.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test(
        arguments: [
            ("user:{id}:posts:page:{n}", "user:42:posts:page:7", ["42", "7"]),
            ("user:{id}", "user:42", ["42"]), ("homepage", "homepage", []),
            ("{a}", "x", ["x"]), ("{a}:{b}", "x:y", ["x", "y"]),
            ("session-{id}", "session-a-b", ["a-b"]),
            ("img:{w}x{h}.png", "img:10x20.png", ["10", "20"]),
            ("{{user:{id}}}:cart", "{user:7}:cart", ["7"]),
            ("page:{url...}", "page:https://a.b/c", ["https://a.b/c"]),
            ("p:{id}", "p:a%3Ab", ["a:b"]), ("p:{id}", "p:50%", ["50%"]),
            ("p:{id}", "p:%25", ["%25"]),
            ("p:{id}", "p:%253A", ["%3A"]), ("p:{id}", "p:%25253A", ["%253A"]),
            ("p:{id}", "p:%3a", ["%3a"]), ("i:{w}x{h}", "i:%78x%78", ["x", "%78"]),
            ("p:{all...}", "p:%3A", ["%3A"]),
        ] as [(String, String, [String])])
    func `a key has parts, and the parts the key`(
        pattern: String, key: String, expected: [String]
    ) throws {
        #expect(try parts(pattern, key) == expected)
        let built = try KeyPattern(parsing: pattern).key(from: expected.map { Array($0.utf8) })
        #expect(built == Array(key.utf8))
    }

    @Test(arguments: [
        ("user:{id}", "user:"), ("user:{id}", "user:1:2"), ("user:{id}", "user"),
        ("user:{id}", "User:1"), ("user:{id}:a", "user:1:b"), ("user:{id}:a", "user:1:ab"),
        ("user:{id}:a", "user::a"), ("homepage", "homepage2"), ("homepage", ""),
        ("img:{w}x{h}", "img:10x20x"), ("img:{w}x{h}", "img:x20"), ("page:{url...}", "page:"),
    ])
    func `another key has none`(pattern: String, key: String) throws {
        let found = try parts(pattern, key)
        // The second `x` belongs to the height: only the first one ends the width.
        #expect(key == "img:10x20x" ? found == ["10", "20x"] : found == nil)
    }

    @Test(arguments: [
        ("", 0, "The pattern is empty"), ("a:{id", 2, "The '{' is never closed"),
        ("a:{}", 3, "A capture has no name"), ("a:{...}", 3, "A capture has no name"),
        ("a:{i d}", 4, "A capture's name has letters, digits, '_' and '-'"),
        ("a:{1}", 3, "A capture's name begins with a letter or '_'"),
        ("{id}:{id}", 6, "There are two captures called 'id'"),
        (
            "a:{x}{y}", 5,
            "Two captures stand side by side, and nothing says where the first one ends"
        ),
        ("a}", 1, "There is a '}' without '{' (a brace of the key is '}}')"),
        ("{a...}:b", 0, "A rest, '{name...}', stands at the end only"),
        (
            "user:*", 5,
            "'*' is no wildcard here; a part is {name}, all the rest {name...}, and there is one"
        ),
        (
            "{w}3{h}", 3,
            "Behind a capture stands no digit, no letter from A to F and no '%', because parts are"
                + " escaped with them"
        ),
        ("{a}:{b}:{c}:{d}:{e}:{f}:{g}:{h}:{i}", 32, "There are more than 8 captures"),
    ])
    func `a mistake is told with its place`(text: String, position: Int, cause: String) {
        let error = #expect(throws: TextFormError.self) { try KeyPattern(parsing: text) }
        #expect(error?.position == position)
        #expect(error?.cause == cause)
    }

    @Test func `a pattern is not too long`() throws {
        let most = String(repeating: "k", count: KeyPattern.byteCountMax)
        _ = try KeyPattern(parsing: most)
        #expect(throws: TextFormError.self) { try KeyPattern(parsing: most + "k") }
    }

    /// Bytes that are likely to be mistaken for something.
    private static let risky: [UInt8] = Array("%%%23578ABx:x-:25".utf8) + [0, 255, 10]
    private static let patterns = ["{a}", "k:{a}:{b}", "{a}x{b}:c", "{a}-{b}...", "{a}:{rest...}"]

    private func bytes(_ random: inout SeededRandom, from source: [UInt8]) -> [UInt8] {
        (0..<Int.random(in: 1...8, using: &random)).map { _ in
            source.randomElement(using: &random) ?? 0
        }
    }

    @Test(arguments: UInt64(0)..<64)
    func `every list of parts has one key, and every key one list of parts`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for text in Self.patterns {
            let pattern = try KeyPattern(parsing: text)
            for _ in 0..<200 {
                let parts = pattern.captureNames.map { _ in bytes(&random, from: Self.risky) }
                let key = try #require(pattern.key(from: parts))
                #expect(pattern.parts(of: key) == parts, "\(text) \(parts)")
                let other = bytes(&random, from: Self.risky)
                guard let found = pattern.parts(of: other) else { continue }
                #expect(pattern.key(from: found) == other, "\(text) \(other)")
            }
        }
    }

    @Test func `an empty part has no key`() throws {
        #expect(try KeyPattern(parsing: "a:{x}").key(from: [[]]) == nil)
    }

    @Test func `a wrong number of parts is a mistake of the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = try KeyPattern(parsing: "a:{x}").key(from: [])
        }
    }

    @Test func `captures are found in long and in binary keys`() throws {
        let pattern = try KeyPattern(parsing: "b:{x}:{y}")
        let long = [UInt8](repeating: 0xFF, count: 64 << 10)
        let key = Array("b:".utf8) + long + Array(":".utf8) + [0]
        let captures = try #require(unsafe pattern.match(key.span.bytes))
        #expect(captures.count == 2)
        #expect(captures[0] == 2..<(2 + long.count))
        #expect(captures[1] == (3 + long.count)..<(4 + long.count))
        #expect(pattern.parts(of: key) == [long, [0]])
    }
}
