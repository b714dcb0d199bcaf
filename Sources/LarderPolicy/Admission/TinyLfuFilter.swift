// TinyLFU as a filter before any policy: a newcomer must have been asked for more often than those
// whose place it takes.
//
//     request(x):  sketch.add(x)
//     admits(x):   it fits, or estimate(x) > estimate(coldest) * (as many of them as make room)
//
// Where we differ from the paper: entries have weights. The policy only says who would leave first,
// so all who would have to leave are thought to be like that one, in weight and frequency.
//
// [1] G. Einziger et al., TinyLFU: A Highly Efficient Cache Admission Policy, ACM TOS 2017,
//     https://doi.org/10.1145/3149371

import LarderCore

/// Lets in who was asked for more often than those who would have to leave [1].
public struct TinyLfuFilter: AdmissionFilter, ~Copyable {
    /// The sketch starts for so many entries, and then grows with what is held.
    static let firstEntryCount = 1 << 10

    private var sketch: FrequencySketch
    private var sketchedCount = 0
    /// Fingerprints of the slots that are held.
    private var fingerprints: ReservedArray<UInt32>
    private var weights: SlotValues

    /// A filter that knows nothing yet, for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        sketch = FrequencySketch(entryCountMax: max(slotCapacity, Self.firstEntryCount))
        fingerprints = ReservedArray(reserving: slotCapacity)
        weights = SlotValues(slotCapacity: slotCapacity, usual: 1)
    }

    /// Bytes of memory that the filter holds.
    public var storageBytes: Int {
        sketch.storageBytes + fingerprints.storageBytes + weights.storageBytes
    }

    /// Counts the request.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        weights[slot] = access.weight
        sketch.add(fingerprints[slot.index])
    }

    /// Counts the request, and compares with who would have to leave.
    public mutating func admits(
        _ slot: SlotID, _ access: Access, to place: AdmissionPlace
    ) -> Bool {
        if place.entryCount >= sketchedCount {
            sketchedCount = max(Self.firstEntryCount, 2 * place.entryCount)
            sketch.reserve(forEntries: sketchedCount)
        }
        let fingerprint = FrequencySketch.fingerprint(of: access.hash)
        sketch.add(fingerprint)
        let isAdmitted = isBetter(fingerprint, than: place)
        if isAdmitted {
            if slot.index >= fingerprints.count { fingerprints.grow(toCount: slot.index + 1) }
            fingerprints[slot.index] = fingerprint
            weights[slot] = access.weight
        }
        return isAdmitted
    }

    private func isBetter(_ fingerprint: UInt32, than place: AdmissionPlace) -> Bool {
        guard let coldest = place.coldest else { return true }
        let weight = max(1, Int(weights[coldest]))
        let leaverCount = (place.missing + weight - 1) / weight
        let frequency = sketch.estimate(of: fingerprints[coldest.index])
        return sketch.estimate(of: fingerprint) > frequency * leaverCount
    }
}
