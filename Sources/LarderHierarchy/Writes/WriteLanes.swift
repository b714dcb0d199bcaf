public import LarderCore

/// Who may write which keys to their origin: for each key one after the other, in the order in
/// which they came.
///
/// A value without lock or clock. Who writes several keys stands in the lanes of all of them, and
/// goes when it is the first in each; since it enters them at one time, nobody waits in a circle.
/// Bounded: beyond `capacity` nobody enters.
public struct WriteLanes<Waiter: Sendable>: Sendable {
    /// One who has entered, for `leave`.
    public struct LaneID: Hashable, Sendable, BitwiseCopyable {
        let number: UInt64
    }

    private struct Writer {
        let keys: [Key]
        let waiter: Waiter
        /// Lanes in which others are before it.
        var blocked: Int
    }

    private let capacity: Int
    private var writers: [LaneID: Writer] = [:]
    private var lanes: [Key: [LaneID]] = [:]
    private var last: UInt64 = 0

    /// Lanes for `capacity` writers at a time.
    public init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    /// Those who write or wait.
    public var count: Int { writers.count }

    /// Somebody wants to write `keys`.
    ///
    /// - Parameters:
    ///   - keys: Which.
    ///   - waiter: Who is told by `leave` of another, if it may not go at once.
    /// - Returns: Its name, and whether it may go; `nil` when there are too many.
    /// - Complexity: O(keys).
    public mutating func enter(
        _ keys: [Key], _ waiter: Waiter
    ) -> (id: LaneID, mayGo: Bool)? {
        guard writers.count < capacity else { return nil }
        last += 1
        let id = LaneID(number: last)
        let unique = Array(Set(keys))
        var blocked = 0
        for key in unique {
            if lanes[key] != nil { blocked += 1 }
            lanes[key, default: []].append(id)
        }
        writers[id] = Writer(keys: unique, waiter: waiter, blocked: blocked)
        return (id, blocked == 0)
    }

    /// Somebody has written, or does not want to any more.
    ///
    /// - Returns: Those who may go now.
    /// - Complexity: O(keys and those who wait for them).
    public mutating func leave(_ id: LaneID) -> [Waiter] {
        guard let writer = writers.removeValue(forKey: id) else { return [] }
        var freed: [Waiter] = []
        for key in writer.keys {
            guard var lane = lanes[key], let place = lane.firstIndex(of: id) else { continue }
            lane.remove(at: place)
            lanes[key] = lane.isEmpty ? nil : lane
            guard place == 0, let next = lane.first, var heir = writers[next] else { continue }
            heir.blocked -= 1
            writers[next] = heir
            if heir.blocked == 0 { freed.append(heir.waiter) }
        }
        return freed
    }
}
