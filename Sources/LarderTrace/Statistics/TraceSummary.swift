/// What a trace looks like.
public struct TraceSummary: Hashable, Sendable {
    /// Bytes of objects, over all objects of the trace.
    public struct Sizes: Hashable, Sendable {
        /// The smallest object.
        public let min: UInt32
        /// The mean over objects.
        public let mean: Double
        /// Half of the objects are at most so large.
        public let median: UInt32
        /// 99 % of the objects are at most so large.
        public let percentile99: UInt32
        /// The largest object.
        public let max: UInt32
    }

    /// Requests of the trace.
    public let requestCount: Int
    /// Different keys.
    public let objectCount: Int
    /// Keys asked for once.
    public let oneHitCount: Int
    /// Sum of the bytes of all requests.
    public let requestedBytes: UInt64
    /// Sum of the bytes of all objects: what a cache needs that evicts nothing.
    public let footprintBytes: UInt64
    /// Sizes of the objects, each at its last request; `nil` for an empty trace.
    public let sizes: Sizes?
    /// From the first second to the last.
    public let durationSeconds: UInt32
    /// The alpha of the Zipf law nearest to the trace's popularity; `nil` if too few objects are
    /// asked for often.
    public let zipfAlpha: Double?

    /// Share of the objects that are asked for once, from 0 to 1.
    public var oneHitShare: Double {
        objectCount == 0 ? 0 : Double(oneHitCount) / Double(objectCount)
    }
}
