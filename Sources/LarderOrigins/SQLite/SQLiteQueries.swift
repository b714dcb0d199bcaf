public import LarderCore

/// The statements of one namespace.
///
/// Larder never rewrites them. What comes from a key is bound to `?1`, `?2` … in the order of
/// `parts`, as TEXT if it is UTF-8 without zeros, else as BLOB.
public struct SQLiteQueries: Sendable {
    /// The parts of a key that are bound.
    public typealias Parts = @Sendable (Key) throws(KeyRefusal) -> [[UInt8]]

    /// The parts of a key.
    public var parts: Parts
    /// `SELECT body FROM products WHERE id = ?1`: the value in the first column of the first row.
    public var get: String
    /// `SELECT id, body FROM products WHERE id IN (SELECT value FROM json_each(?1))`: each
    /// parameter is the JSON list of that part of all keys. The key's parts come first, then the
    /// value.
    public var getMany: String?
    /// As `get`, with the value bound behind the parts.
    public var set: String?
    /// As `get`.
    public var delete: String?
    /// The column with the tags, divided by blanks or commas.
    public var tagColumn: String?
    /// The column with the seconds that the value is fresh; NULL if the namespace decides.
    public var ttlColumn: String?

    /// Statements for loads, and for what else there is.
    public init(get: String, parts: @escaping Parts) {
        self.get = get
        self.parts = parts
    }

    /// The parts as JSON lists, one for each parameter; `nil` if JSON cannot hold one of them.
    static func lists(of keys: [[[UInt8]]]) -> [[UInt8]]? {
        guard let width = keys.first?.count, width > 0 else { return nil }
        var lists: [[UInt8]] = []
        for index in 0..<width {
            var list = [UInt8(ascii: "[")]
            for (place, parts) in keys.enumerated() {
                guard parts.count == width, SQLiteValue.isText(parts[index]) else { return nil }
                if place > 0 { list.append(UInt8(ascii: ",")) }
                appendQuoted(parts[index], to: &list)
            }
            list.append(UInt8(ascii: "]"))
            lists.append(list)
        }
        return lists
    }

    private static func appendQuoted(_ text: [UInt8], to list: inout [UInt8]) {
        list.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): list += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                list += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: list.append(byte)
            }
        }
        list.append(UInt8(ascii: "\""))
    }
}

enum SQLiteValue {
    /// Whether bytes are bound as TEXT: all programs read them so.
    static func isText(_ bytes: [UInt8]) -> Bool {
        !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    }
}
