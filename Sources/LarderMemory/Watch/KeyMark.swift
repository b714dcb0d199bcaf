public import LarderCore

/// Follows one key from a moment on, whether it has an entry or not: its first write, removal or
/// ban is told to the store's `events`, and nothing that began before is to be stored over it.
///
/// Unlike a fill token it knows its key, so no other key's change is taken for one of this. It
/// costs writers what a watched key does. It is to be ended by `ByteStore.endMark`.
public final class KeyMark: Sendable {
    /// The key that is followed.
    public let key: Key
    let hash: UInt64
    let flag: WatchFlag
    /// Where bans and flushes stood.
    let token: FillToken

    init(_ key: Key, _ hash: UInt64, _ token: FillToken, _ log: KeyEventLog) {
        (self.key, self.hash, self.token) = (key, hash, token)
        flag = WatchFlag(of: key, telling: log)
    }

    /// Whether the key itself was changed. What was banned or flushed together with it, `isCurrent`
    /// knows.
    public var isChanged: Bool { flag.isSet }

    var watched: WatchedKey { WatchedKey(hash: hash, database: Int(key.database)) }
}
