/// A value of a YAML document, and where it stands.
///
/// Scalars stay text: what a text means is for the reader of the key to say, so that `no`, `0x10`
/// and `1e3` never turn into something else on the way.
public struct YAMLNode: Sendable, Hashable {
    /// Where a key or value begins; both count from 1, columns in characters.
    public struct Position: Sendable, Hashable {
        /// Line, from 1.
        public let line: Int
        /// Column, from 1.
        public let column: Int

        /// The place in line `line` at `column`.
        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    /// A key of a mapping with its value.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public let key: String
        /// Where the key begins.
        public let position: Position
        /// What stands behind the colon.
        public let value: YAMLNode
    }

    /// What kinds of values there are.
    public enum Content: Sendable, Hashable {
        /// Text, quoted or plain.
        case scalar(String)
        /// A list.
        case sequence([YAMLNode])
        /// Keys and values in the order of the document; no key comes twice.
        case mapping([Entry])
        /// Nothing at all, `~` or `null`.
        case empty
    }

    /// The value.
    public let content: Content
    /// Where the value begins.
    public let position: Position
}

/// Something wrong with the text of a YAML document.
public struct YAMLProblem: Error, Sendable, Hashable {
    /// Where.
    public let position: YAMLNode.Position
    /// What, and what would be right.
    public let message: String
}
