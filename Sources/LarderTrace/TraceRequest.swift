/// One request of a trace.
public struct TraceRequest: Hashable, Sendable, BitwiseCopyable {
    /// `nextAccess` of a request whose key is not asked for again.
    public static let neverAgain: Int64 = -1
    /// `nextAccess` of a request from a format that does not say.
    public static let unknownNextAccess: Int64 = -2

    /// The object asked for: the number in the trace, or the hash of a textual key.
    public var key: UInt64
    /// The place in the trace, counted from 1, of the next request for the same key; or one of the
    /// negative marks above.
    public var nextAccess: Int64
    /// Seconds on the trace's own scale.
    public var time: UInt32
    /// Bytes of the object; 1 where the format does not say.
    public var size: UInt32

    /// A request; what is left out is unknown.
    @inlinable public init(
        time: UInt32 = 0, key: UInt64, size: UInt32 = 1, nextAccess: Int64 = unknownNextAccess
    ) {
        self.key = key
        self.nextAccess = nextAccess
        self.time = time
        self.size = size
    }
}
