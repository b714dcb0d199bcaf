/// The header lines of one answer.
struct HTTPHead: Hashable, Sendable {
    private var lines: [[UInt8]] = []
    private(set) var byteCount = 0
    /// Whether its end came.
    private(set) var isWhole = false

    /// Takes the next line, with or without its end. A status line begins a new head: the last one
    /// counts (`100 Continue` comes before it).
    mutating func append(_ line: [UInt8]) {
        if line.starts(with: Array("HTTP/".utf8)) {
            lines = []
            isWhole = false
        }
        byteCount += line.count
        let isEnd: (UInt8) -> Bool = { $0 == 0x0D || $0 == 0x0A }
        let text = line.prefix { !isEnd($0) }
        if text.isEmpty {
            isWhole = isWhole || text.count < line.count
        } else {
            lines.append(Array(text))
        }
    }

    /// The values of all headers of this name, joined by commas; `nil` if there is none.
    func value(of name: String) -> [UInt8]? {
        let wanted = Array(name.lowercased().utf8)
        var found: [UInt8]?
        for line in lines {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon == wanted.count,
                zip(line[..<colon], wanted).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 })
            else { continue }
            let value = Self.trimmed(line[(colon + 1)...])
            found = found.map { $0 + [UInt8(ascii: ",")] + value } ?? Array(value)
        }
        return found
    }

    /// The same as text.
    func text(of name: String) -> String? {
        value(of: name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the answer said where it ends, so that one that broke off is recognised.
    var isDelimited: Bool {
        if let line = lines.first, line.starts(with: Array("HTTP/2".utf8)) { return true }
        if text(of: "transfer-encoding")?.lowercased().contains("chunked") == true { return true }
        return value(of: "content-length").map(Self.isLength) ?? false
    }

    /// Whether it is one number, said once or several times. One that libcurl cannot hold it
    /// ignores, and of several it takes one.
    private static func isLength(_ value: [UInt8]) -> Bool {
        let said = Set(
            value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                .map { Int64(String(decoding: trimmed($0), as: UTF8.self)) })
        return said.count == 1 && !said.contains(nil)
    }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = bytes.lastIndex { !isBlank($0) } ?? start - 1
        return bytes[start..<(end + 1)]
    }
}
