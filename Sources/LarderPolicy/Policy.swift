public import LarderCore

/// Index of an entry in a shard's tables.
///
/// A newtype costs nothing at run time, and a slot is never mistaken for a count or a hash. The
/// shell hands out small indices and reuses them, so flat storage indexed by slot stays dense.
public struct SlotID: Hashable, Sendable, BitwiseCopyable {
    /// The index. Four bytes, so that two links make one word.
    public let rawValue: UInt32

    /// The slot with this index.
    @inlinable public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// No slot. Flat storage uses it where an `Optional` would double the width.
    @inlinable public static var none: SlotID { SlotID(rawValue: .max) }

    /// The index as arrays want it.
    @inlinable public var index: Int { Int(rawValue) }
}

/// What one access knows about its entry. Each policy reads the fields that it needs.
public struct Access: Sendable {
    /// Hash of the key, for sketches and ghosts.
    public var hash: UInt64

    /// Accounted bytes when live, the trace's object size when simulated.
    public var weight: UInt32

    /// Microseconds that the last load of this entry took; 0 when it was never loaded.
    public var cost: UInt32 = 0

    /// The namespace's.
    public var priority = Priority.normal

    /// Position of the next access in the trace; `.max` when there is none or nobody knows.
    /// Only the optimal policy, which serves as a yardstick, reads it.
    public var nextUse = UInt64.max

    /// An access of which no more is known than what every access knows.
    @inlinable public init(hash: UInt64, weight: UInt32) {
        self.hash = hash
        self.weight = weight
    }
}

/// Decides which entry leaves.
///
/// A policy is a value without clock, lock or I/O: the simulator and the server run the same code.
/// It is not copyable, because a copy would silently duplicate megabytes. Not thread-safe: the
/// shard's lock guards it.
public protocol Policy: ~Copyable {
    /// An empty policy for the slots `0..<slotCapacity`. Storage is reserved, not taken.
    ///
    /// - Complexity: O(1).
    init(slotCapacity: Int)

    /// Weight of all entries held.
    ///
    /// - Complexity: O(1).
    var totalWeight: Int { get }

    /// Bytes of memory that the policy holds. Grows in steps as slots and ghosts appear.
    ///
    /// - Complexity: O(1).
    var storageBytes: Int { get }

    /// Takes `slot` in, and frees the weight that it needs beyond `room`.
    ///
    /// On return the weight held has grown by at most `room`, or the policy is empty. Victims are
    /// appended in the order of leaving and are no longer held. `slot` itself is among them if the
    /// policy refuses the newcomer.
    ///
    /// - Parameters:
    ///   - slot: The newcomer; must not be held.
    ///   - access: What is known about it.
    ///   - room: Weight that is free before the call; negative when the budget is overdrawn. The
    ///     weight held plus `room` is the capacity of which queues take their shares.
    ///   - victims: The caller's buffer, reused from call to call so that nothing is allocated.
    /// - Complexity: Amortised O(1 + victims).
    mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID])

    /// Notes a hit or an overwrite. `access.weight` becomes the weight of `slot`, which must be
    /// held; if the entry grew beyond the budget, the caller asks `coldest` until it fits.
    ///
    /// - Complexity: O(1).
    mutating func touch(_ slot: SlotID, _ access: Access)

    /// Forgets `slot`, which must be held: the entry was deleted, has expired or was evicted. The
    /// removal of the slot that `coldest` last answered counts as an eviction, so a policy with
    /// ghosts remembers it.
    ///
    /// - Complexity: O(1).
    mutating func remove(_ slot: SlotID)

    /// The slot to evict next, which stays held; `nil` when the policy is empty.
    ///
    /// Asking twice gives the same answer. It mutates all the same: finding the answer ages what
    /// was passed over, and forgetting that would make each question pay for the search again.
    ///
    /// - Complexity: Amortised O(1).
    mutating func coldest() -> SlotID?
}
