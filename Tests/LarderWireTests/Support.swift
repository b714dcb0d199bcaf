import Glibc
import LarderCore
import LarderWire
import Testing

/// Bytes of text, with `%XX` for any byte and `%<n>XX` for n of it.
func decoded(_ text: some StringProtocol) -> [UInt8] {
    var (bytes, rest) = ([UInt8](), Substring(text))
    while let character = rest.utf8.first {
        rest = rest.dropFirst()
        guard character == UInt8(ascii: "%") else {
            bytes.append(character)
            continue
        }
        var count = 1
        if rest.first == "<", let close = rest.firstIndex(of: ">") {
            count = Int(rest[..<close].dropFirst()) ?? 0
            rest = rest[close...].dropFirst()
        }
        bytes += repeatElement(UInt8(rest.prefix(2), radix: 16) ?? 0, count: count)
        rest = rest.dropFirst(2)
    }
    return bytes
}

/// Text of bytes that is safe to print.
func printable(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self).debugDescription
}

/// What a real server answered to odd bytes.
struct Recorded: Sendable, CustomTestStringConvertible {
    var request: [UInt8]
    var reply: [UInt8]
    var closes: Bool

    var testDescription: String { printable(request.prefix(80)) }

    /// The rows of a table in Fuzz/Recorded.
    static func table(_ name: String) -> [Recorded] {
        rows(name).map { parts in
            Recorded(
                request: decoded(parts[0]), reply: decoded(parts[1]), closes: parts[2] == "close")
        }
    }

    /// The rows of any table in Fuzz/Recorded, split at bars.
    static func rows(_ name: String, file: String = #filePath) -> [[Substring]] {
        let root = file.split(separator: "/").dropLast(3).joined(separator: "/")
        let lines = read("/\(root)/Fuzz/Recorded/\(name)").split(separator: "\n")
        return lines.filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: "|", omittingEmptySubsequences: false)
        }
    }

    private static func read(_ path: String) -> String {
        guard let file = unsafe fopen(path, "r") else { return "" }
        defer { unsafe _ = fclose(file) }
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}

extension OutputBuffer {
    var contents: [UInt8] {
        withBytes { bytes in (0..<bytes.byteCount).map { bytes.byte(at: $0) } }
    }

    var text: String { String(decoding: contents, as: UTF8.self) }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        withRaw(Array(bytes)) { append($0) }
    }
}

/// Calls `body` with the bytes of an array.
func withRaw<Result: ~Copyable, Failure: Error>(
    _ bytes: [UInt8], _ body: (RawSpan) throws(Failure) -> Result
) throws(Failure) -> Result {
    let span = bytes.span
    return try unsafe body(span.bytes)
}

extension RawSpan {
    func array(_ range: Range<Int>) -> [UInt8] { range.map { byte(at: $0) } }
}

/// Random numbers whose whole sequence follows from the seed.
struct TestRandom: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
