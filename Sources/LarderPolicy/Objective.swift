import LarderCore

/// What a cache should save. The policies that weigh entries against each other read it.
public enum Objective: String, CaseIterable, Sendable {
    /// Misses, whatever they cost.
    case hits
    /// Bytes that misses bring.
    case bytes
    /// Time that misses take.
    case cost

    /// What a hit on an entry is worth: 1, its weight, or the time of its last load, times the
    /// factor of its priority.
    ///
    /// - Complexity: O(1).
    @inline(__always) func worth(of access: Access) -> Double {
        switch self {
        case .hits: access.priority.factor
        case .bytes: Double(max(access.weight, 1)) * access.priority.factor
        case .cost: Double(max(access.cost, 1)) * access.priority.factor
        }
    }

    /// The worth per weight, for policies that ask what to do with their space.
    ///
    /// - Complexity: O(1).
    @inline(__always) func density(of access: Access) -> Double {
        worth(of: access) / Double(max(access.weight, 1))
    }
}

extension Priority {
    /// An entry of high priority stays like one that is used four times as often, and one of low
    /// priority like one that is used a quarter as often: enough to matter, and what is in use
    /// with a low priority still outlives what is not with a high one.
    var factor: Double {
        switch self {
        case .low: 0.25
        case .normal: 1
        case .high: 4
        }
    }
}
