import Glibc

/// Decides how large W-TinyLFU's window should be, from samples of requests.
///
/// A small cache climbs the hill of the hit ratio, as the paper [2] has it: the window goes on in
/// its direction while the hit ratio does not fall, back when it does, and by less each time, so
/// that it comes to rest; where the hit ratio changes much, the workload has, and steps are long
/// again. In a large cache one sample has hits enough to tell which region earns more for its
/// space: what there is to gain is known without trying, and the window moves the faster the more.
struct WindowClimber {
    /// The longest step of a small cache, of the capacity: 16 steps from end to end.
    static let longStep = 0.0625
    /// A step shorter than one entry moves nothing, so the first is at least two.
    static let longStepEntriesMin = 2.0
    /// After 34 samples of the same workload a step is half as long.
    static let decay = 0.98
    /// Hit ratios that are this far apart are of different workloads.
    static let restartChange = 0.05
    /// Requests in a sample, per entry; as many as the sketch counts before it forgets.
    static let requestsPerEntry = 10

    /// Up to here the window is a few entries, and one sample is mostly chance: steps begin
    /// upwards, get shorter more slowly, and samples longer as steps get shorter.
    static let tinyEntriesMax = 512
    static let tinyDecay = 0.995
    static let tinySampleStretchMax = 4.0

    /// Up to here a region has too few hits in a sample to be judged by them.
    static let smallEntriesMax = 4096
    static let largeRequestsPerEntry = 4
    /// Step for a region that earns e times as much as the other.
    static let gain = 0.03
    static let largeStepMax = 0.3
    /// A window below this has no hits to be judged by.
    static let largeWindowMin = 0.02
    /// A region without a hit counts as if it had this share of the requests; at least half a hit.
    static let hitShareMin = 1.0 / 8192
    static let hitsMin = 0.5

    private(set) var entryCount = 0
    private(set) var requestCount = 0
    private var hitCount = 0
    private var windowHitCount = 0
    private var sampleLength = Int.max
    private var previousHitRatio = 0.0
    /// The last step, of the capacity; positive where the window grew.
    private var step = 0.0

    /// The cache holds about `count` entries. Starts over if that is news.
    mutating func setEntryCount(_ count: Int) {
        guard count < entryCount / 2 || count > 2 * entryCount else { return }
        entryCount = count
        (requestCount, hitCount, windowHitCount) = (0, 0, 0)
        previousHitRatio = 0
        step = isTiny ? restartStep : -restartStep
        sampleLength = nextSampleLength
    }

    private var isTiny: Bool { entryCount <= Self.tinyEntriesMax }
    private var isLarge: Bool { entryCount > Self.smallEntriesMax }

    private var restartStep: Double {
        max(Self.longStep, Self.longStepEntriesMin / Double(entryCount))
    }

    private var nextSampleLength: Int {
        if isLarge { return Self.largeRequestsPerEntry * entryCount }
        let length = Self.requestsPerEntry * entryCount
        guard isTiny else { return length }
        let shortestStep = Self.longStep / Self.tinySampleStretchMax
        return Int(Double(length) * max(1, Self.longStep / max(abs(step), shortestStep)))
    }

    mutating func countMiss() { requestCount += 1 }

    mutating func countHit(inWindow: Bool) {
        requestCount += 1
        hitCount += 1
        if inWindow { windowHitCount += 1 }
    }

    /// Whether a sample is complete, and `nextStep` has something to say.
    var isDue: Bool { requestCount >= sampleLength }

    /// By how much of the capacity the window, which has `windowShare` of it, should grow or,
    /// below 0, shrink.
    mutating func nextStep(windowShare: Double) -> Double {
        let hitRatio = Double(hitCount) / Double(requestCount)
        let next =
            isLarge ? stepByEarnings(windowShare) : stepByHitRatio(hitRatio - previousHitRatio)
        previousHitRatio = hitRatio
        (requestCount, hitCount, windowHitCount) = (0, 0, 0)
        sampleLength = nextSampleLength
        return next
    }

    private mutating func stepByHitRatio(_ change: Double) -> Double {
        let next = change >= 0 ? step : -step
        if abs(change) >= Self.restartChange {
            step = next < 0 ? -restartStep : restartStep
        } else {
            step = next * (isTiny ? Self.tinyDecay : Self.decay)
        }
        return next
    }

    private func stepByEarnings(_ windowShare: Double) -> Double {
        let hitsMin = max(Self.hitsMin, Self.hitShareMin * Double(requestCount))
        let windowHits = max(hitsMin, Double(windowHitCount))
        let mainHits = max(hitsMin, Double(hitCount - windowHitCount))
        let leastShare = 1 / Double(entryCount)
        let windowEarns = windowHits / max(leastShare, windowShare)
        let mainEarns = mainHits / max(leastShare, 1 - windowShare)
        let wanted = Self.gain * log(windowEarns / mainEarns)
        let bounded = min(max(wanted, -Self.largeStepMax), Self.largeStepMax)
        let largestShrink = Self.largeWindowMin - windowShare
        return max(bounded, largestShrink)
    }
}
