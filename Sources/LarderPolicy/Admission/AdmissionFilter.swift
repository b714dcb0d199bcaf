/// Decides which newcomers a policy gets to see. Any filter goes with any policy: `Admitting`.
///
/// A value without clock, lock or I/O, as a policy is, and with storage by slot.
public protocol AdmissionFilter: ~Copyable {
    /// A filter that knows nothing yet, for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    init(slotCapacity: Int)

    /// Bytes of memory that the filter holds.
    var storageBytes: Int { get }

    /// Notes a hit or an overwrite.
    ///
    /// - Complexity: O(1).
    mutating func touch(_ slot: SlotID, _ access: Access)

    /// Notes a newcomer, and says whether it may come in. It always fits the capacity.
    ///
    /// - Complexity: Amortised O(1).
    mutating func admits(_ slot: SlotID, _ access: Access, to place: AdmissionPlace) -> Bool
}

/// What a filter may know of the cache that a newcomer wants to enter.
public struct AdmissionPlace: Sendable {
    /// Weight held plus room.
    public var capacity: Int
    /// Weight that must leave for the newcomer; 0 or less when it fits.
    public var missing: Int
    /// Number of entries held.
    public var entryCount: Int
    /// The first that would leave, if any has to.
    public var coldest: SlotID?
}
