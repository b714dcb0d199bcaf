/// "Everything that matches and was written before `time` is dead", or stale if the ban is soft.
public struct Ban: Hashable, Sendable {
    /// What it is about.
    public enum Scope: Hashable, Sendable {
        case key(Key)
        /// Entries with this tag.
        case tag([UInt8])
        /// Entries of database 0 whose key begins with these bytes, whatever follows.
        case prefix([UInt8])
        /// Entries of the namespace with this name.
        case namespace(String)
        case everything
    }

    /// What becomes of the entries.
    public enum Strength: Hashable, Sendable {
        /// They are dead, stale copies too.
        case hard
        /// They count as expired, and may be served within their stale window.
        case soft
    }

    /// What it is about.
    public let scope: Scope
    /// What becomes of the entries.
    public let strength: Strength
    /// Entries that were created at this time or later are not meant.
    public let time: Tick

    /// A ban of what was created before `time`.
    public init(_ scope: Scope, _ strength: Strength, before time: Tick) {
        self.scope = scope
        self.strength = strength
        self.time = time
    }

    /// Whether `entry`, which belongs to the namespace `namespace`, is meant.
    ///
    /// - Complexity: O(tags + key bytes).
    public func matches(_ entry: Entry, namespace: String?) -> Bool {
        entry.created < time && scope.covers(entry, namespace: namespace)
    }
}

extension Ban.Scope {
    /// Whether an entry of the namespace `namespace` is of those that it names, whatever its age.
    ///
    /// - Complexity: O(tags + key bytes).
    public func covers(_ entry: Entry, namespace: String?) -> Bool {
        switch self {
        case .key(let key): return entry.key == key
        case .tag(let tag): return entry.tags.contains(tag)
        case .prefix(let prefix):
            return entry.key.database == 0 && entry.key.bytes.starts(with: prefix)
        case .namespace(let name): return namespace == name
        case .everything: return true
        }
    }
}
