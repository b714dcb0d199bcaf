import FuzzSupport
import LarderWire

/// Integers and patterns against slow and obvious versions.
enum Texts {
    static func test(_ bytes: [UInt8]) {
        let number = withRaw(bytes) { Decimal.integer($0) }
        let text = String(decoding: bytes, as: UTF8.self)
        let expected = Int64(text).flatMap { Array(String($0).utf8) == bytes ? $0 : nil }
        require(number == expected, "an integer is what it spells")
        let middle = bytes.firstIndex(of: 0) ?? bytes.count / 2
        let (pattern, string) = (Array(bytes[..<middle]), Array(bytes[middle...]))
        withRaw(string) { string in
            withRaw(pattern) { pattern in
                _ = Glob.matches(string, pattern, ignoringCase: true)
                _ = Glob.matches(string, pattern)
            }
        }
        let isPlain = !pattern.contains { [0x2A, 0x3F, 0x5B, 0x5C].contains($0) }
        guard isPlain, !pattern.isEmpty else { return }
        let matchesItself = withRaw(pattern) { Glob.matches($0, $0) }
        require(matchesItself, "plain text matches itself")
    }
}
