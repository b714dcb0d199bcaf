/// The version of RESP that a client speaks; 2 until it says `HELLO 3`.
public enum RESPVersion: UInt8, Hashable, Sendable, BitwiseCopyable {
    /// RESP2.
    case v2 = 2
    /// RESP3.
    case v3 = 3
}
