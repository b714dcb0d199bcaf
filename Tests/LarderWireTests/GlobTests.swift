import LarderWire
import Testing

@Suite struct GlobTests {
    static let recorded = Recorded.rows("globs.txt").map { $0.map { decoded($0) } }

    private func matches(_ string: [UInt8], _ pattern: [UInt8], ignoringCase: Bool = false) -> Bool
    {
        withRaw(string) { string in
            withRaw(pattern) { pattern in
                Glob.matches(string, pattern, ignoringCase: ignoringCase)
            }
        }
    }

    @Test func `finds the keys that redis finds`() throws {
        #expect(Self.recorded.count > 500)
        let keys = try #require(Self.recorded.first).dropFirst()
        for row in Self.recorded.dropFirst() where row[0] != Array("*".utf8) {
            let found = keys.filter { matches($0, row[0]) }.map { printable($0) }.sorted()
            let expected = row.dropFirst().map { printable($0) }.sorted()
            #expect(found == expected, "\(printable(row[0]))")
        }
    }

    @Test(arguments: [
        ("HELLO", "hello", true), ("hello", "H*O", true), ("b", "[A-C]", true),
        ("B", "[a-c]", true),
        ("d", "[A-C]", false), ("a", "[\\A]", false), ("[", "{", false), ("@", "`", false),
    ])
    func `ignores the case on request`(string: String, pattern: String, expected: Bool) {
        let found = matches(Array(string.utf8), Array(pattern.utf8), ignoringCase: true)
        #expect(found == expected)
        #expect(matches(Array(string.utf8), Array(pattern.utf8)) == false)
    }

    @Test func `many stars take no more than the product of both lengths`() {
        let string = [UInt8](repeating: UInt8(ascii: "a"), count: 20_000)
        let pattern = Array(String(repeating: "a*", count: 50).utf8) + [UInt8(ascii: "b")]
        #expect(matches(string, pattern) == false)
    }
}
