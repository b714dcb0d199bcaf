import Glibc

/// Fits a Zipf law to how often objects are asked for.
enum ZipfEstimate {
    /// Rarer objects are left out: the counts of sorted rare objects fall faster than their
    /// probabilities, because luck sorts them too.
    private static let countMin: UInt32 = 10
    /// Fewer objects than this say nothing about a law.
    private static let objectsMin = 10
    /// Points on the line, evenly spaced in the logarithm of the rank, so that the few hot objects
    /// count as much as the many cool ones.
    private static let pointsMax = 200

    /// The slope, turned positive, of the least-squares line through (log rank, log count).
    ///
    /// - Complexity: O(counts · log counts).
    static func alpha(ofCounts counts: [UInt32]) -> Double? {
        let sorted = counts.filter { $0 >= countMin }.sorted(by: >)
        guard sorted.count >= objectsMin else { return nil }
        let step = log(Double(sorted.count)) / Double(pointsMax)
        let ranks = Set((0...pointsMax).map { Int(exp(Double($0) * step).rounded()) })
        let points = ranks.sorted().filter { $0 <= sorted.count }.map { rank in
            (x: log(Double(rank)), y: log(Double(sorted[rank - 1])))
        }
        let count = Double(points.count)
        let meanX = points.reduce(0) { $0 + $1.x } / count
        let meanY = points.reduce(0) { $0 + $1.y } / count
        let covariance = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
        let variance = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        return -covariance / variance
    }
}
