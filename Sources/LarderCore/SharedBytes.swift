/// A large value that is sent from where it lies, without a copy and without a lock.
///
/// Whoever holds the reference keeps the bytes as they are; they are given back at `deinit`.
public protocol SharedBytes: AnyObject, Sendable {
    /// Number of bytes of the value.
    var byteCount: Int { get }

    /// Calls `body` with the longest piece that starts at `offset` and is contiguous in memory.
    ///
    /// The bytes neither move nor change while the reference is held: a sender may keep their
    /// address for as long. `offset` is less than `byteCount`, the piece is never empty.
    func withSegment<Result>(at offset: Int, _ body: (RawSpan) -> Result) -> Result
}
