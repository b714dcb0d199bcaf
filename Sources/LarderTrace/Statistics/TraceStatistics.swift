/// Counts what a trace holds, batch by batch. Memory grows with its objects, about 50 bytes each.
public struct TraceStatistics: ~Copyable {
    private var index = KeyIndex()
    private var counts: [UInt32] = []
    private var sizes: [UInt32] = []
    private var requestCount = 0
    private var requestedBytes: UInt64 = 0
    private var firstTime = UInt32.max
    private var lastTime: UInt32 = 0

    /// Nothing counted yet.
    public init() {}

    /// Counts the requests of a batch.
    ///
    /// - Complexity: O(requests).
    public mutating func add(_ batch: borrowing TraceBatch) {
        for request in batch.requests { add(request) }
    }

    /// Counts one request.
    ///
    /// - Complexity: O(1) on average.
    public mutating func add(_ request: TraceRequest) {
        requestCount += 1
        requestedBytes += UInt64(request.size)
        firstTime = min(firstTime, request.time)
        lastTime = max(lastTime, request.time)
        let number = index.number(of: request.key)
        if number == counts.count {
            counts.append(0)
            sizes.append(0)
        }
        if counts[number] < .max { counts[number] += 1 }
        sizes[number] = request.size
    }

    /// The figures over all that was counted.
    ///
    /// - Complexity: O(objects · log objects).
    public func summary() -> TraceSummary {
        TraceSummary(
            requestCount: requestCount,
            objectCount: counts.count,
            oneHitCount: counts.count { $0 == 1 },
            requestedBytes: requestedBytes,
            footprintBytes: sizes.reduce(0) { $0 + UInt64($1) },
            sizes: sizeFigures(),
            durationSeconds: requestCount == 0 ? 0 : lastTime - firstTime,
            zipfAlpha: ZipfEstimate.alpha(ofCounts: counts))
    }

    private func sizeFigures() -> TraceSummary.Sizes? {
        let sorted = sizes.sorted()
        guard let least = sorted.first, let most = sorted.last else { return nil }
        let sum = sorted.reduce(0) { $0 + UInt64($1) }
        return TraceSummary.Sizes(
            min: least,
            mean: Double(sum) / Double(sorted.count),
            median: sorted[(sorted.count - 1) / 2],
            percentile99: sorted[(sorted.count * 99 + 99) / 100 - 1],
            max: most)
    }
}
