package import LarderCore

/// One indivisible step over several keys, as its client saw it: a transaction, or a read of many.
///
/// It took effect at some moment between `invoked` and `returned`. What had no effect, such as a
/// transaction whose watch was broken, is not recorded.
package struct RecordedStep: Hashable, Sendable {
    /// Who asked. A client has one step under way at a time.
    package var client: Int
    /// What the keys held at that moment.
    package var reads: [Int: Int64]
    /// What they held after it.
    package var writes: [Int: Int64]
    /// Whether there was a reply. If not, it may have taken effect, or not.
    package var isConfirmed: Bool
    package var invoked: Tick
    package var returned: Tick

    package init(
        client: Int, reads: [Int: Int64], writes: [Int: Int64] = [:], isConfirmed: Bool = true,
        invoked: Tick, returned: Tick
    ) {
        self.client = client
        self.reads = reads
        self.writes = writes
        self.isConfirmed = isConfirmed
        self.invoked = invoked
        self.returned = returned
    }
}
