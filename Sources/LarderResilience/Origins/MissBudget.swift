/// How many loads may be under way at once over all origins: they share this node's memory,
/// sockets and processors.
///
/// Each origin has places of its own, half of them all shared out evenly; the other half goes to
/// who comes first. So a slow origin, which holds its places long, never takes the last ones.
public struct MissBudget: Hashable, Sendable {
    private var own: Int
    private var shared: Int
    private var used: [Int]
    private var sharedUsed = 0

    /// How often there was no place.
    public private(set) var refusedCount = 0

    /// `total` places for `originCount` origins, which are named by their index.
    ///
    /// - Throws: `OutOfBounds` if there is not at least a place for each.
    public init(total: Int, originCount: Int) throws(OutOfBounds) {
        let origins = max(originCount, 1)
        try OutOfBounds.check("total", total, in: origins...10_000_000)
        own = max(total / (2 * origins), 1)
        shared = total - own * origins
        used = Array(repeating: 0, count: origins)
    }

    /// Adds an index for an origin. Those of origins that there are no more stay: their loads give
    /// back what they have.
    ///
    /// - Returns: The index.
    public mutating func addOrigin() -> Int {
        used.append(0)
        return used.count - 1
    }

    /// Shares `total` places out anew among `originCount` origins, however many indices there are.
    ///
    /// - Throws: `OutOfBounds` if there is not at least a place for each; then nothing changes.
    /// - Complexity: O(indices).
    public mutating func share(total: Int, originCount: Int) throws(OutOfBounds) {
        let origins = max(originCount, 1)
        try OutOfBounds.check("total", total, in: origins...10_000_000)
        own = max(total / (2 * origins), 1)
        shared = total - own * origins
        sharedUsed = used.reduce(0) { $0 + max(0, $1 - own) }
    }

    /// Loads under way, all origins together.
    ///
    /// - Complexity: O(origins).
    public var inUse: Int { used.reduce(0, +) }

    /// Whether `take` would give `origin` a place.
    ///
    /// - Complexity: O(1).
    public func hasRoom(for origin: Int) -> Bool { used[origin] < own || sharedUsed < shared }

    /// Takes a place for a load of `origin`, if there is one.
    ///
    /// - Complexity: O(1).
    public mutating func take(_ origin: Int) -> Bool {
        guard hasRoom(for: origin) else {
            refusedCount += 1
            return false
        }
        if used[origin] >= own { sharedUsed += 1 }
        used[origin] += 1
        return true
    }

    /// Gives one place of `origin` back. Origins that wait may then have room.
    ///
    /// - Complexity: O(1).
    public mutating func giveBack(_ origin: Int) {
        precondition(used[origin] > 0, "A place is given back once.")
        used[origin] -= 1
        if used[origin] >= own { sharedUsed -= 1 }
    }
}
