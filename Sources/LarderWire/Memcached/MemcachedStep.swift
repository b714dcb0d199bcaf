/// What one memcached command may demand.
public struct MemcachedLimits: Hashable, Sendable {
    /// Bytes of a value. 1 MiB, `item_size_max` of memcached.
    public var valueBytesMax = 1 << 20

    /// Bytes from which on a value that is not all there yet is handed to the caller instead of
    /// waited for. 1 MiB: no read buffer has to hold more.
    public var largeValueBytesMin = 1 << 20

    /// Bytes without a line end after which a line that is no `get` or `gets` ends the connection.
    /// 2,048, as in memcached.
    public var lineBytesMax = 2_048

    /// The same for `get` and `gets`, which memcached does not bound. 1 MiB: 4,000 longest keys.
    public var getLineBytesMax = 1 << 20

    /// The limits of memcached 1.6.
    public init() {}

    /// Bytes of a key. Part of the protocol.
    public static let keyBytesMax = 250
}

/// What `MemcachedParser` made of the bytes it was shown. Positions count from the start of the
/// bytes.
public enum MemcachedStep: Hashable, Sendable {
    /// A command, with its value if it is a write. The next one starts at `end`.
    case command(MemcachedCommand, end: Int)
    /// A command that is refused; no reply if the command is quiet. The next one starts at `end`.
    case failure(MemcachedFailure, MemcachedCommand, end: Int)
    /// A write whose value starts at `offset` and is not all there. Either show more bytes until it
    /// is, or take its `byteCount` bytes and the line end out of the stream; the next command
    /// follows them. `arguments` holds the key only, of `ms` all words.
    case largeValue(MemcachedCommand, offset: Int)
    /// Bytes up to `end` of a value that was refused. Drop them, nothing else.
    case skipped(end: Int)
    /// The command is not all there, and cannot be before there are `atLeast` bytes from its start.
    case needMore(atLeast: Int)
    /// An endless line, or one of HTTP. Close the connection without a word.
    case close
}
