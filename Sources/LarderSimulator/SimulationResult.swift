public import LarderPolicy

/// What one policy did in a cache of one size.
public struct SimulationResult: Hashable, Sendable {
    /// The file's name up to its first dot.
    public let trace: String
    /// What decided who leaves.
    public let policy: PolicyName
    /// In objects if their sizes were ignored, else in bytes.
    public let size: Int
    /// What was counted.
    public let tally: PolicyTally
    /// Bytes of all requests.
    public let requestedBytes: Int
    /// Processor time of this run alone, without the reading of the trace.
    public let seconds: Double

    /// Share of the requests that found nothing, from 0 to 1.
    public var missRatio: Double { Self.ratio(tally.missCount, tally.requestCount) }

    /// Share of the bytes of requests that found nothing, from 0 to 1.
    public var byteMissRatio: Double { Self.ratio(tally.missedBytes, requestedBytes) }

    private static func ratio(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}
