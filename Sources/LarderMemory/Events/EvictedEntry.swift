import LarderCore

/// What an entry was that left to make room.
public struct EvictedEntry: Sendable, Hashable {
    /// Bytes of its value.
    public let valueLength: Int
    /// When it would have expired.
    public let expiry: Moment
    /// `nil` for an entry that the policy did not let in.
    private let header: EntryHeader?

    init(valueLength: Int, expiry: Moment, header: EntryHeader? = nil) {
        self.valueLength = valueLength
        self.expiry = expiry
        self.header = header
    }

    /// Whether the value was read since it was written.
    public var isFetched: Bool { header?.marks.contains(.fetched) ?? false }

    /// As `KeyAccess.idleMilliseconds`.
    public func idleMilliseconds(at now: Moment) -> UInt64 {
        header?.idleMilliseconds(at: now) ?? 0
    }
}
