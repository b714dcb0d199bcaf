/// Key, value bytes and metadata: what moves between levels.
///
/// Times are of this process's scale. A level that outlives the process converts them.
public struct Entry: Hashable, Sendable {
    /// What it is stored under.
    public var key: Key
    /// The client's bytes, uncompressed.
    public var value: [UInt8]
    /// When it was written or loaded.
    public var created: Tick
    /// From when on it is stale; `nil` if never.
    public var expires: Tick?
    /// From when on even those who take stale values get none; `nil` if there is no such window.
    public var staleUntil: Tick?
    /// Microseconds that loading it took; 0 if it was never loaded.
    public var cost: UInt32 = 0
    /// The namespace's.
    public var priority = Priority.normal
    /// Names by which it can be banned together with others. At most `tagCountMax`.
    public var tags: [[UInt8]] = []
    /// The client's, opaque (memcached).
    public var flags: UInt32 = 0
    /// Changes with each write; never repeats for a key. 0 for what memory has not seen yet.
    public var version: UInt64 = 0
    /// By what the origin recognises the value; `nil` if it gave nothing, or was never asked.
    public var validator: Validator?

    /// 16 tags are more than a page is made of, and a ban looks each of them up.
    public static var tagCountMax: Int { 16 }

    /// An entry without expiry, tags or cost.
    public init(key: Key, value: [UInt8], created: Tick) {
        self.key = key
        self.value = value
        self.created = created
    }

    /// Whether it may be served at `now` to one who wants no stale value.
    ///
    /// - Complexity: O(1).
    public func isFresh(at now: Tick) -> Bool {
        expires.map { now < $0 } ?? true
    }

    /// Whether it may be served at `now` to one who takes stale values.
    ///
    /// - Complexity: O(1).
    public func isServable(at now: Tick) -> Bool {
        isFresh(at: now) || staleUntil.map { now < $0 } ?? false
    }
}
