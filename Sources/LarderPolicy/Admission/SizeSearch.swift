import Glibc

/// The search for the scale of sizes that the model likes best, in steps of one pass.
struct SizeSearch {
    /// Scales from the capacity down to a millionth of it.
    static let halvingsMax = 20
    /// Halvings of the interval in which the time T lies: to a thousandth, from 2^40 requests.
    static let stepsPerScale = 24
    static let logTimeMax: Double = 40 * log(2.0)

    private var objects: [SizeSample.Object] = []
    private var requestSum = 0.0
    private var capacity = 0.0
    /// What is being tried: letting in all, then the scales, the largest first.
    private var tried = 0
    private var isRunning = false
    private var step = 0
    private var logTimeLow = 0.0
    private var logTimeHigh = logTimeMax
    private var best = (hitRatio: -1.0, scale: Double.infinity)

    var storageBytes: Int { objects.capacity * MemoryLayout<SizeSample.Object>.stride }

    /// Begins anew. Of a sampled share of the objects the same share of the capacity is held.
    mutating func start(_ sample: [SizeSample.Object], share: Double, capacity total: Int) {
        objects = sample
        requestSum = sample.reduce(0) { $0 + $1.requestCount }
        capacity = Double(total) * share
        firstScale = Double(total)
        (tried, step, isRunning) = (0, 0, !sample.isEmpty)
        (logTimeLow, logTimeHigh) = (0, Self.logTimeMax)
        best = (-1, .infinity)
    }

    private var firstScale = 0.0

    private var scale: Double {
        tried == 0 ? .infinity : firstScale / Double(1 << (tried - 1))
    }

    /// Goes on by one pass over the sample; the best scale when all were tried.
    mutating func advance() -> Double? {
        guard isRunning else { return nil }
        let logTime = (logTimeLow + logTimeHigh) / 2
        let (weight, hitRatio) = model(time: exp(logTime))
        if weight > capacity { logTimeHigh = logTime } else { logTimeLow = logTime }
        step += 1
        guard step == Self.stepsPerScale else { return nil }
        // Who lets in less than there is room for wins nothing by it, so equals keep the larger.
        if hitRatio > best.hitRatio { best = (hitRatio, scale) }
        step = 0
        (logTimeLow, logTimeHigh) = (0, Self.logTimeMax)
        tried += 1
        guard tried > Self.halvingsMax + 1 else { return nil }
        isRunning = false
        return best.scale
    }

    /// Weight that is held, and hit ratio, where objects stay for `time` requests.
    private func model(time: Double) -> (weight: Double, hitRatio: Double) {
        var weight = 0.0
        var hits = 0.0
        for object in objects {
            let rate = object.requestCount / requestSum
            let odds = exp(-object.weight / scale) * (exp(min(700, rate * time)) - 1)
            let share = odds / (1 + odds)
            weight += share * object.weight
            hits += share * rate
        }
        return (weight, hits)
    }
}
