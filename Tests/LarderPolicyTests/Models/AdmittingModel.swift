import LarderCore
@testable import LarderPolicy

/// A filter as one would explain it, before a policy as one would explain it.
struct AdmittingModel<Base: PolicyModel>: PolicyModel {
    enum Filter {
        /// Who was refused once.
        case secondHit(seen: Set<SlotID>)
        case tinyLfu(FrequencySketchModel)
    }

    var filter: Filter
    var base: Base
    private var weights: [SlotID: Int] = [:]

    init(_ filter: Filter, _ base: Base) {
        self.filter = filter
        self.base = base
        // As many as there are slots; the filter starts for more than that.
        if case .tinyLfu(var sketch) = filter {
            sketch.reserve(forEntries: TinyLfuFilter.firstEntryCount)
            self.filter = .tinyLfu(sketch)
        }
    }

    var totalWeight: Int { base.totalWeight }

    func holds(_ slot: SlotID) -> Bool { base.holds(slot) }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        let capacity = max(0, base.totalWeight + room)
        if weight > capacity || admits(slot, weight: weight, missing: weight - room) {
            weights[slot] = weight
            return base.admit(slot, weight: weight, room: room)
        }
        var victims: [SlotID] = []
        while base.totalWeight > capacity, let victim = base.coldest() {
            base.remove(victim)
            victims.append(victim)
        }
        return victims + [slot]
    }

    private mutating func admits(_ slot: SlotID, weight: Int, missing: Int) -> Bool {
        let coldest = missing > 0 ? base.coldest() : nil
        switch filter {
        case .secondHit(var seen):
            let isNew = seen.insert(slot).inserted
            filter = .secondHit(seen: seen)
            return !isNew || missing <= 0
        case .tinyLfu(var sketch):
            sketch.add(Self.fingerprint(of: slot))
            filter = .tinyLfu(sketch)
            guard let coldest else { return true }
            let count = (Double(missing) / Double(max(1, weights[coldest] ?? 0))).rounded(.up)
            return sketch.estimate(of: Self.fingerprint(of: slot))
                > sketch.estimate(of: Self.fingerprint(of: coldest)) * Int(count)
        }
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        if case .tinyLfu(var sketch) = filter {
            sketch.add(Self.fingerprint(of: slot))
            filter = .tinyLfu(sketch)
        }
        weights[slot] = weight
        base.touch(slot, weight: weight)
    }

    mutating func remove(_ slot: SlotID) { base.remove(slot) }

    mutating func coldest() -> SlotID? { base.coldest() }

    private static func fingerprint(of slot: SlotID) -> UInt32 {
        FrequencySketch.fingerprint(of: PolicyOperation.access(slot, weight: 0).hash)
    }
}
