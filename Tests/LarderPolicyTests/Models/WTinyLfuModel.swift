import LarderCore
@testable import LarderPolicy

/// W-TinyLFU as one would explain it: arrays, coldest first. The climber is the real one, which has
/// tests of its own.
struct WTinyLfuModel: PolicyModel {
    struct Entry: Equatable {
        var slot: SlotID
        var weight: Int
    }

    let firstWindowShare: Double
    private(set) var window: [Entry] = []
    private(set) var probation: [Entry] = []
    private(set) var protected: [Entry] = []
    private var sketch = FrequencySketchModel()
    private var sketchedCount = 0
    private var climber = WindowClimber()
    private var capacity = 0
    private var windowShare: Double
    private var windowMax = 0
    private var probationMax = 0
    private var windowChange = 0
    private var random = SeededRandom(seed: 0)

    init(windowShare: Double) {
        firstWindowShare = windowShare
        self.windowShare = windowShare
    }

    var totalWeight: Int { Self.weight(of: window + probation + protected) }

    private var protectedMax: Int { max(0, capacity - windowMax - probationMax) }

    private static func weight(of entries: [Entry]) -> Int {
        entries.reduce(0) { $0 + $1.weight }
    }

    func holds(_ slot: SlotID) -> Bool {
        (window + probation + protected).contains { $0.slot == slot }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        setCapacity(max(0, totalWeight + room))
        guard weight <= capacity else { return evict() + [slot] }
        let count = (window + probation + protected).count
        if count > sketchedCount || sketchedCount == 0 {
            let mean =
                count == 0 || totalWeight == 0
                ? Double(max(weight, 1)) : Double(totalWeight) / Double(count)
            let expected = Int(min(Double(capacity) / mean, Double(PolicyOperation.slotCapacity)))
            sketchedCount = max(expected, count + 1)
            sketch.reserve(forEntries: sketchedCount)
            climber.setEntryCount(sketchedCount)
        }
        sketch.add(Self.fingerprint(of: slot))
        climber.countMiss()
        let entry = Entry(slot: slot, weight: weight)
        var candidates: [Entry] = []
        if weight > windowMax { candidates.append(entry) } else { window.append(entry) }
        while Self.weight(of: window) > windowMax { candidates.append(window.removeFirst()) }
        let victims = compete(candidates)
        adaptWindow()
        return victims
    }

    private mutating func compete(_ candidates: [Entry]) -> [SlotID] {
        var victims: [SlotID] = []
        probation += candidates
        for candidate in candidates where totalWeight > capacity {
            let frequency = frequency(of: candidate)
            let isLucky = frequency >= 6 && random.next() % 128 == 0
            let others = probation.prefix { $0 != candidate }
            var losers: [Entry] = []
            while totalWeight - Self.weight(of: losers) > capacity, losers.count < others.count {
                losers.append(others[losers.count])
            }
            let sum = losers.reduce(0) { $0 + self.frequency(of: $1) }
            let isIn = !losers.isEmpty && (isLucky || sum < frequency)
            if !isIn || totalWeight - Self.weight(of: losers) > capacity {
                losers = (isIn ? losers : []) + [candidate]
            }
            for loser in losers { remove(loser.slot) }
            victims += losers.map(\.slot)
        }
        return victims + evict()
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        let entry = Entry(slot: slot, weight: weight)
        climber.countHit(inWindow: window.contains { $0.slot == slot })
        sketch.add(Self.fingerprint(of: slot))
        if let index = window.firstIndex(where: { $0.slot == slot }) {
            window.remove(at: index)
            window.append(entry)
        } else if let index = protected.firstIndex(where: { $0.slot == slot }) {
            protected.remove(at: index)
            protected.append(entry)
        } else {
            probation.removeAll { $0.slot == slot }
            if weight > protectedMax { probation.append(entry) } else { protected.append(entry) }
        }
        demote()
        adaptWindow()
    }

    mutating func remove(_ slot: SlotID) {
        window.removeAll { $0.slot == slot }
        probation.removeAll { $0.slot == slot }
        protected.removeAll { $0.slot == slot }
    }

    mutating func coldest() -> SlotID? {
        guard let newer = window.first else { return (probation.first ?? protected.first)?.slot }
        guard let older = probation.first else { return newer.slot }
        return frequency(of: newer) > frequency(of: older) ? older.slot : newer.slot
    }

    private mutating func evict() -> [SlotID] {
        var victims: [SlotID] = []
        while totalWeight > capacity, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
        return victims
    }

    private static func fingerprint(of slot: SlotID) -> UInt32 {
        FrequencySketch.fingerprint(of: PolicyOperation.access(slot, weight: 0).hash)
    }

    private func frequency(of entry: Entry) -> Int {
        sketch.estimate(of: Self.fingerprint(of: entry.slot))
    }
}

extension WTinyLfuModel {
    private mutating func setCapacity(_ newCapacity: Int) {
        guard newCapacity != capacity else { return }
        capacity = newCapacity
        let firstMain = Int((1 - firstWindowShare) * Double(capacity))
        probationMax = firstMain - Int(0.8 * Double(firstMain))
        windowMax = capacity - Int((1 - windowShare) * Double(capacity))
        windowMax = min(windowMax, capacity - probationMax)
    }

    private mutating func demote() {
        while Self.weight(of: protected) > protectedMax {
            probation.append(protected.removeFirst())
        }
    }

    private mutating func adaptWindow() {
        if climber.isDue, capacity > 0 {
            let share = Double(windowMax) / Double(capacity)
            windowChange = Int(climber.nextStep(windowShare: share) * Double(capacity))
        }
        guard windowChange != 0 else { return }
        let old = windowMax
        if windowChange > 0 { growWindow() } else { shrinkWindow() }
        windowChange -= windowMax - old
        if windowMax != old { windowShare = Double(windowMax) / Double(capacity) }
    }

    private mutating func growWindow() {
        let wanted = min(windowChange, protectedMax)
        windowMax += wanted
        demote()
        var left = wanted
        while true {
            if let entry = probation.first, entry.weight <= left {
                window.append(probation.removeFirst())
                left -= entry.weight
            } else if let entry = protected.first, entry.weight <= left {
                window.append(protected.removeFirst())
                left -= entry.weight
            } else {
                break
            }
        }
        windowMax -= left
    }

    private mutating func shrinkWindow() {
        var left = min(-windowChange, max(0, windowMax - 1))
        windowMax -= left
        while let entry = window.first, entry.weight <= left {
            probation.append(window.removeFirst())
            left -= entry.weight
        }
        windowMax += left
    }
}
