/// Makes requests out of a seed: equal workloads, sizes and seeds give equal traces.
public struct TraceGenerator: Sendable {
    /// Keys of a mixture's parts lie this far apart, so that parts never share objects.
    private static let keysPerPart: UInt64 = 1 << 40
    /// Requests that share a second of the trace's time.
    private static let requestsPerSecond = 1000

    private let sizes: ObjectSizes
    private let seed: UInt64
    private var random: TraceRandom
    private var sources: [KeySource]
    private let weights: [Int]
    private let totalWeight: Int
    private var requestCount = 0

    /// A generator of a mixture, which may have one part only.
    public init(_ parts: [WorkloadPart], sizes: ObjectSizes = .fixed(1), seed: UInt64) {
        precondition(!parts.isEmpty, "A mixture has parts.")
        self.sizes = sizes
        self.seed = seed
        random = TraceRandom(seed: seed)
        sources = parts.map { KeySource($0.workload) }
        weights = parts.map(\.weight)
        totalWeight = weights.reduce(0, +)
    }

    /// The next request. Keys count from 1; the next access is unknown.
    ///
    /// - Complexity: O(1) on average, and O(parts).
    public mutating func next() -> TraceRequest {
        let part = nextPart()
        let key = UInt64(part) * Self.keysPerPart + sources[part].next(using: &random) + 1
        let seconds = requestCount / Self.requestsPerSecond
        requestCount += 1
        return TraceRequest(
            time: UInt32(clamping: seconds), key: key, size: sizes.size(of: key, seed: seed))
    }

    private mutating func nextPart() -> Int {
        guard weights.count > 1 else { return 0 }
        var place = Int.random(in: 0..<totalWeight, using: &random)
        for (part, weight) in zip(weights.indices, weights) {
            if place < weight { return part }
            place -= weight
        }
        return 0
    }
}
