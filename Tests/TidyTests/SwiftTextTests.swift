import Testing

@Suite struct SwiftTextTests {
    private func words(_ text: String) -> [String] { SwiftText(text).tokens.map(\.text) }

    @Test(arguments: [
        ("a.b(1)", ["a", ".", "b", "(", "1", ")"]),
        ("a // b\nc", ["a", "c"]),
        ("a /* b /* c */ d */ e", ["a", "e"]),
        (#"a "b" c"#, ["a", #""b""#, "c"]),
        (#"a "b \" c" d"#, ["a", #""b \" c""#, "d"]),
        (#"a "\(b("c"))" d"#, ["a", "b", "(", #""c""#, ")", #""\(b("c"))""#, "d"]),
        ("a #\"b\\(c\"# d", ["a", "#\"b\\(c\"#", "d"]),
        ("a #\"\\#(b)\"# c", ["a", "b", "#\"\\#(b)\"#", "c"]),
        ("a \"\"\"\n{\n\"\"\" b", ["a", "\"\"\"\n{\n\"\"\"", "b"]),
        ("`a } b`()", ["`a } b`", "(", ")"]),
        ("\"a\nb", ["\"a", "b"]),
        ("/* a", []),
    ])
    func `cuts tokens, and knows text from code`(text: String, expected: [String]) {
        #expect(words(text) == expected)
    }

    @Test func `counts lines over comments and literals`() {
        let text = SwiftText("/*\n*/ a\n\"\"\"\n\n\"\"\"\n b // c")
        #expect(text.tokens.map(\.line) == [2, 3, 6])
        #expect(text.comments.map(\.line) == [1, 2, 6])
        #expect(text.comments.last?.text == "// c")
    }

    @Test(arguments: [
        ("try! x", 1), ("try !x", 0), ("\"try!\"", 0), ("// try!", 0), ("\"\\(try! x)\"", 1),
    ])
    func `finds a pattern only where it is code`(text: String, count: Int) {
        #expect(SwiftText(text).occurrences(of: SwiftText("try!")).count == count)
    }

    @Test func `measures functions from the keyword to the closing brace`() {
        let text = """
            protocol P {
                func required()
                var size: Int { get }
                func also() -> Int
            }
            struct S {
                init(
                    a: [Int] = []
                ) {
                    self.init()
                }
                @inlinable func f<T>(_ t: T) -> Int where T: Q
                {
                    g { "}" }
                }
                var one = 1
                var two: Int {
                    2
                }
                func < (l: S, r: S) -> Bool { true }
            }
            """
        let expected = [
            SwiftFunction(name: "size", line: 3, lineCount: 1),
            SwiftFunction(name: "init", line: 7, lineCount: 5),
            SwiftFunction(name: "f", line: 12, lineCount: 4),
            SwiftFunction(name: "two", line: 17, lineCount: 3),
            SwiftFunction(name: "<", line: 20, lineCount: 1),
        ]
        #expect(SwiftText(text).functions == expected)
    }
}
