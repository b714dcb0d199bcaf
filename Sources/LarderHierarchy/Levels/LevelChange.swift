public import LarderCore
public import LarderResilience

/// One write to a level: a call of `putMany`, `removeMany` or `ban`.
public enum LevelChange: Hashable, Sendable {
    case put([Entry])
    case remove([Key])
    case ban(Ban)
}

/// How much may wait to be written to one level.
public struct LevelWriteBounds: Hashable, Sendable {
    /// Keys that wait, or are being written. Beyond it the level is emptied instead.
    public var keys = 100_000
    /// Bytes of the entries among them. 32 MiB: beyond it an entry is dropped from the level
    /// instead.
    public var putBytes = 32 << 20
    /// Keys in one write.
    public var batch = 64
    /// Writes at once. Four: enough for a device's queue, and a slow level holds no more tasks.
    public var atOnce = 4
    /// Bans that wait. Beyond it they become one, of everything.
    public var bans = 128

    /// The defaults.
    public init() {}

    /// - Throws: `OutOfBounds` for the first property that is.
    public func validate() throws(OutOfBounds) {
        try OutOfBounds.check("keys", keys, in: 1...10_000_000)
        try OutOfBounds.check("putBytes", putBytes, in: 0...(1 << 40))
        try OutOfBounds.check("batch", batch, in: 1...10_000)
        try OutOfBounds.check("atOnce", atOnce, in: 1...1000)
        try OutOfBounds.check("bans", bans, in: 1...10_000)
    }
}
