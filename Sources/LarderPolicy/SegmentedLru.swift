// Segmented LRU: a ladder of LRU lists.
//
// LRU gives an entry that was used once as long a stay as one that is used all the time. Here an
// entry enters the lowest of four lists and climbs one with each hit; only the lowest evicts. A
// list that is over its quarter gives its least recently used entry back to the one below. So a
// scan passes through the lowest list, and what was hit often has a long way to fall.
//
//     hit(x):   put x first in the next higher list, or first in the highest if it is there
//               while a list is over its share, from there down: its last goes first in the next
//     miss(x):  while x does not fit: evict the last of the lowest list that has any
//               insert x first in the lowest list that has room, else in the lowest
//
// Where we differ from the paper, with libCacheSim: four lists of a quarter each, where the paper
// has two, a probationary and a protected one; before the first eviction newcomers fill the higher
// ones. Beyond both: the lowest list takes what the others leave, so a hit evicts nothing.
// libCacheSim evicts on a hit when that list is over its quarter, as it is when the size is no
// multiple of four and with entries of many sizes: up to 0.36 points of hit ratio less, and by that
// alone (with it, every count is the same). An entry above the share is let in, unless it is
// simulated as there. Cost and priority are ignored: the place says what is known.
//
// [1] R. Karedla, J. S. Love, B. G. Wherry, Caching Strategies to Improve Disk System Performance,
//     IEEE Computer 27(3), 1994, https://doi.org/10.1109/2.268884

public import LarderCore

/// The segmented LRU eviction policy [1]: LRU that is not emptied by a scan.
public struct SegmentedLru: WeighedPolicy, ~Copyable {
    /// Bytes of storage per slot, for the memory accounting.
    public static var bytesPerSlot: Int { WeightedQueues.bytesPerSlot }

    /// libCacheSim's choice. More change little.
    static let segmentCount = 4

    /// The segments, lowest first.
    private var segments: WeightedQueues
    /// Weight held plus room, as of the last admission.
    private var capacity = 0
    private let oversized: S3Fifo.OversizedRule

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, oversized: .admit)
    }

    /// An empty policy with a rule for entries that are heavier than a segment may be.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int, oversized: S3Fifo.OversizedRule) {
        segments = WeightedQueues(slotCapacity: slotCapacity, queueCount: Self.segmentCount)
        self.oversized = oversized
    }

    /// Weight of all entries held.
    public var totalWeight: Int { segments.totalWeight }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int { segments.storageBytes }

    private var share: Int { capacity / Self.segmentCount }

    /// Evicts until the newcomer fits, then puts it in the lowest segment with room.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        capacity = max(0, totalWeight + room)
        let largest = oversized == .refuse ? share : capacity
        let weight = access.weight
        guard
            makeRoom(for: slot, weight: weight, room: room, largest: largest, evicting: &victims)
        else { return }
        var segment = 0
        while segment < Self.segmentCount, segments.weight(of: segment) + Int(weight) > share {
            segment += 1
        }
        segments.insert(slot, weight: weight, in: segment == Self.segmentCount ? 0 : segment)
    }

    /// Moves the entry one segment up. What overflows there falls.
    ///
    /// - Complexity: Amortised O(1): each entry falls at most as often as it has climbed.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        segments.setWeight(of: slot, to: access.weight)
        let segment = min(segments.queue(of: slot) + 1, Self.segmentCount - 1)
        segments.move(slot, to: segment)
        var full = segment
        while full > 0, segments.weight(of: full) > share {
            while segments.weight(of: full) > share, let last = segments.last(of: full) {
                segments.move(last, to: full - 1)
            }
            full -= 1
        }
    }

    /// Takes the entry out of its segment.
    public mutating func remove(_ slot: SlotID) {
        segments.remove(slot)
    }

    /// The least recently used entry of the lowest segment that has any.
    public mutating func coldest() -> SlotID? {
        for segment in 0..<Self.segmentCount {
            if let last = segments.last(of: segment) { return last }
        }
        return nil
    }

    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise of the segments.
    public func checkInvariants() throws(InvariantViolation) {
        try segments.checkInvariants()
    }
}
