import LarderCore

/// What LHD has learnt: for each class and age, how many hits an entry may expect per time.
///
/// Rows are made as ages appear, so that a small cache has a small table; 12 bytes per class and
/// age, 192 per age.
struct HitDensities: ~Copyable {
    /// Classes by the ages of the last two hits; the authors found that more bring little.
    static let classCount = 16
    /// Ages are counted in steps, of which there are so many; what is older is evicted first.
    static let ageLimit = 20_000
    /// A step is 2^10 accesses until it is known how many entries there are.
    private static let firstStepLog2 = 10
    /// From then on a hundredth of the entries, were there as many ages: the authors' tolerance.
    private static let stepsPerEntry = 0.01 * Float(ageLimit)
    /// The updates after which the step is set: once when there is something to go by, and once
    /// when the cache is as full as it gets.
    private static let stepUpdates: Set<Int> = [5, 25]
    /// What counts of the past at each update.
    private static let decay: Float = 0.9
    /// What the mean number of entries counts for when the step was set by it.
    private static let setStepWeight: Float = 8
    /// Before the first update classes differ by so little: 17 : 18 : ... : 32, per age.
    private static let firstDensity = 17

    struct Events: BitwiseCopyable {
        var hits: Float
        var evictions: Float
    }

    /// By age, and in it by class.
    private var events: ReservedArray<Events>
    private var densities: ReservedArray<Float>
    /// Number of accesses that make one step of age.
    private(set) var stepLog2 = firstStepLog2
    /// How often it was learnt from what happened.
    private(set) var updateCount = 0
    private var meanEntryCount: Float = 0
    private var meanEntryCountWeight: Float = 0

    init() {
        events = ReservedArray(reserving: Self.ageLimit * Self.classCount)
        densities = ReservedArray(reserving: Self.ageLimit * Self.classCount)
    }

    /// Bytes of memory held.
    var storageBytes: Int { events.storageBytes + densities.storageBytes }

    /// The class of an entry whose last hits came at ages of together `ages`: the logarithm of how
    /// much smaller that is than the greatest age.
    ///
    /// - Complexity: O(1).
    @inline(__always) static func classOf(ages: Int) -> Int {
        if ages == 0 { return classCount - 1 }
        // Shifts to the left that it takes to reach the limit.
        var log = max(0, ages.leadingZeroBitCount - ageLimit.leadingZeroBitCount)
        if ages << log < ageLimit { log += 1 }
        return min(log, classCount - 1)
    }

    /// Hits per time that an entry of this class and age may expect.
    ///
    /// - Complexity: O(1).
    @inline(__always) func density(class number: Int, age: Int) -> Float {
        if updateCount == 0 { return Float(Self.firstDensity + number) / Float(age + 1) }
        let cell = age * Self.classCount + number
        return cell < densities.count ? densities[cell] : 0
    }

    /// Notes a hit.
    ///
    /// - Complexity: O(1).
    mutating func countHit(class number: Int, age: Int) {
        events[cell(number, age)].hits += 1
    }

    /// Notes an eviction.
    ///
    /// - Complexity: O(1).
    mutating func countEviction(class number: Int, age: Int) {
        events[cell(number, age)].evictions += 1
    }

    private mutating func cell(_ number: Int, _ age: Int) -> Int {
        let count = (age + 1) * Self.classCount
        if count > events.count { events.grow(toCount: count) }
        return age * Self.classCount + number
    }
}

extension HitDensities {
    /// Learns from what happened since the last time.
    ///
    /// - Complexity: O(classes * ages), a fraction of a millisecond.
    mutating func update(entryCount: Int) {
        for cell in 0..<events.count {
            let old = events[cell]
            events[cell] = Events(
                hits: old.hits * Self.decay, evictions: old.evictions * Self.decay)
        }
        adaptStep(entryCount: entryCount)
        densities.grow(toCount: events.count)
        for number in 0..<Self.classCount { learn(number) }
        updateCount += 1
    }

    /// An entry that has reached an age will see what happens at later ages. So from the last age
    /// to the first: hits that are still to come, by the time that all entries still stay.
    private mutating func learn(_ number: Int) {
        var (hits, all, time): (Float, Float, Float) = (0, 0, 0)
        var cell = densities.count - Self.classCount + number
        while cell >= 0 {
            let events = events[cell]
            hits += events.hits
            all += events.hits + events.evictions
            time += all
            // Less than that is what rounding left of nothing.
            densities[cell] = all > 1e-5 ? hits / time : 0
            cell -= Self.classCount
        }
    }

    private mutating func adaptStep(entryCount: Int) {
        meanEntryCount = meanEntryCount * Self.decay + Float(entryCount)
        meanEntryCountWeight = meanEntryCountWeight * Self.decay + 1
        guard Self.stepUpdates.contains(updateCount) else { return }
        let step = meanEntryCount / meanEntryCountWeight / Self.stepsPerEntry
        var log2 = 1
        while Float(1 << log2) < step { log2 += 1 }
        rescale(by: log2 - stepLog2)
        stepLog2 = log2
        meanEntryCount *= Self.setStepWeight
        meanEntryCountWeight *= Self.setStepWeight
    }

    /// Spreads what was counted over more ages, or gathers it in fewer.
    private mutating func rescale(by shift: Int) {
        if shift > 0 { gather(by: shift) }
        if shift < 0 { spread(by: -shift) }
    }

    private mutating func gather(by shift: Int) {
        for cell in Self.classCount..<max(Self.classCount, events.count) {
            let (age, number) = (cell / Self.classCount, cell % Self.classCount)
            let target = (age >> shift) * Self.classCount + number
            guard target != cell else { continue }
            let moved = events[cell]
            events[target].hits += moved.hits
            events[target].evictions += moved.evictions
            events[cell] = Events(hits: 0, evictions: 0)
        }
    }

    private mutating func spread(by shift: Int) {
        let oldAges = events.count / Self.classCount
        let ages = min(oldAges << shift, Self.ageLimit)
        let share = 1 / Float(1 << shift)
        events.grow(toCount: ages * Self.classCount)
        for number in 0..<Self.classCount {
            var beyond = Events(hits: 0, evictions: 0)
            for age in Self.ageLimit >> shift..<max(Self.ageLimit >> shift, oldAges) {
                beyond.hits += events[age * Self.classCount + number].hits
                beyond.evictions += events[age * Self.classCount + number].evictions
            }
            for age in (0..<ages).reversed() {
                let old = events[(age >> shift) * Self.classCount + number]
                events[age * Self.classCount + number] = Events(
                    hits: old.hits * share, evictions: old.evictions * share)
            }
            if beyond.hits + beyond.evictions > 0 {
                events[(ages - 1) * Self.classCount + number].hits += beyond.hits
                events[(ages - 1) * Self.classCount + number].evictions += beyond.evictions
            }
        }
    }
}
