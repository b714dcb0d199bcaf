/// What a ban of the store is about.
public enum BanScope: Hashable, Sendable {
    /// One key of a database.
    case key([UInt8], database: Int)
    /// Entries with this tag, of all databases.
    case tag([UInt8])
    /// Entries of database 0 whose keys are so.
    case prefix(KeyPrefix)
    /// Entries of database 0 of the namespace with this number.
    case namespace(UInt16)
    /// All entries.
    case everything
}

/// Keys below a key, at any level of `:`.
public struct KeyPrefix: Hashable, Sendable {
    /// The key above them; empty for all keys.
    public let parent: [UInt8]
    /// Whether the key above is meant too.
    public let includesParent: Bool

    /// `user:42:*` means `user:42` and all below it, `user:42:+` only what is below, `*` all keys.
    /// Other patterns are none.
    public init?(pattern: [UInt8]) {
        let star = UInt8(ascii: "*")
        let plus = UInt8(ascii: "+")
        guard let last = pattern.last, last == star || last == plus else { return nil }
        let rest = pattern.dropLast()
        guard rest.isEmpty || rest.last == UInt8(ascii: ":") && rest.count > 1 else { return nil }
        guard !rest.isEmpty || last == star else { return nil }
        parent = Array(rest.dropLast())
        includesParent = last == star
    }

    /// Whether `key` is meant.
    ///
    /// - Complexity: O(bytes of the parent).
    func matches(_ key: RawSpan) -> Bool {
        guard !parent.isEmpty else { return true }
        let count = parent.count
        guard key.byteCount >= count else { return false }
        guard key.byteCount == count ? includesParent : key.byte(count) == UInt8(ascii: ":")
        else { return false }
        return key.extracting(0..<count).isEqual(to: parent)
    }
}
