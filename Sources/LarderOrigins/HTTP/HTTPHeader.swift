/// A header that goes with every request. Its value may be a secret: nothing prints it.
public struct HTTPHeader: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// As sent.
    public let name: String
    let value: String

    /// The header `name: value`.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The name only.
    public var description: String { "\(name): (hidden)" }

    /// The name only: `dump` and debuggers see no more than logs do.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }

    var line: String { value.isEmpty ? "\(name);" : "\(name): \(value)" }

    /// Neither part may end the line and begin another one.
    var isWellFormed: Bool {
        let marks = Array("!#$%&'*+-.^_`|~".utf8)
        let isToken = name.utf8.allSatisfy { byte in
            marks.contains(byte) || (0x30...0x39).contains(byte)
                || (0x41...0x5A).contains(byte & 0xDF)
        }
        let isText = value.utf8.allSatisfy { $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }
        return !name.isEmpty && isToken && isText
    }
}
