/// The policies that can be chosen by name.
public enum PolicyName: String, CaseIterable, Sendable {
    case fifo, lru, s3fifo

    /// How many of `requests` miss under this policy in a cache of `capacity`, empty at first.
    ///
    /// - Complexity: O(requests).
    public func missCount(
        capacity: PolicyCapacity, requests: some Sequence<(hash: UInt64, size: UInt32)>
    ) -> Int {
        switch self {
        case .fifo: Self.missCount(PolicyLoop<Fifo>(capacity: capacity), requests)
        case .lru: Self.missCount(PolicyLoop<Lru>(capacity: capacity), requests)
        case .s3fifo: Self.missCount(PolicyLoop<S3Fifo>(capacity: capacity), requests)
        }
    }

    private static func missCount<P: Policy & ~Copyable>(
        _ loop: consuming PolicyLoop<P>, _ requests: some Sequence<(hash: UInt64, size: UInt32)>
    ) -> Int {
        for request in requests { loop.request(hash: request.hash, size: request.size) }
        return loop.missCount
    }
}
