/// What one RESP request may demand. The defaults are those of redis 7.0.
public struct RequestLimits: Hashable, Sendable {
    /// Arguments of one request. They take six bytes each at least, so that `requestBytesMax`
    /// bounds them too.
    public var argumentsMax = Int(Int32.max)

    /// Bytes of one argument. 512 MiB, `proto-max-bulk-len` of redis.
    public var argumentBytesMax = 512 << 20

    /// Bytes from which on an argument that is not all there yet is handed to the caller instead of
    /// waited for. 1 MiB: no read buffer has to hold more.
    public var largeArgumentBytesMin = 1 << 20

    /// Bytes without a line end after which an inline command is refused. redis looks for them
    /// after each read and so lets lines pass that are up to a read longer than 64 KiB; one page
    /// more than that keeps its answer to the lines that we met.
    public var inlineBytesMax = 69_632

    /// Bytes of one request without what was streamed. 1 GiB, `client-query-buffer-limit`.
    public var requestBytesMax = 1 << 30

    /// Whether a request beyond the limits is told that its client has yet to authenticate.
    var isUnauthenticated = false

    /// The limits of redis 7.0.
    public init() {}

    /// What redis 7.0 allows a client that has yet to authenticate: 10 arguments of 16 KiB.
    public static var unauthenticated: RequestLimits {
        var limits = RequestLimits()
        limits.argumentsMax = 10
        limits.argumentBytesMax = 16_384
        limits.isUnauthenticated = true
        return limits
    }

    /// The most that positions in a request can count.
    static let positionsMax = Int(Int32.max)
}
