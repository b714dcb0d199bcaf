// AdaptSize: large objects take the place of many small ones, so they should only come in where
// that pays. An object of size s is let in with probability e^(-s/c): small ones nearly always,
// those far above c hardly ever, but in the end also those if they are asked for often.
//
// What c is best depends on the workload. A model of the cache tells what hit ratio each c would
// give, from sizes and request rates of a sample of objects: one that is asked for r times per
// request is in the cache for a share
//
//     P = p g / (1 + p g)  of the time,  with p = e^(-s/c), g = e^(r T) - 1,
//
// where T, how long an object stays that nobody asks for, follows from the capacity: sum(P s) is
// what the cache holds. The best c of a row is used until there is a new sample.
//
// Where we differ from the paper: rates are those of a sample of at most 1,024 objects, chosen by
// their hashes; the search tries capacity / 2^k for k = 0 to 20, and letting in all; and it takes
// one pass over the sample per request, so that no request waits long. Nothing is refused where
// there is room.
//
// [1] D. Berger et al., AdaptSize: Orchestrating the Hot Object Memory Cache in a Content Delivery
//     Network, NSDI 2017,
//     https://www.usenix.org/conference/nsdi17/technical-sessions/presentation/berger

import Glibc
import LarderCore

/// Lets in small entries rather than large ones, by as much as pays [1]. Cost and priority are
/// ignored; where all entries weigh the same it lets in all.
public struct SizeFilter: AdmissionFilter, ~Copyable {
    /// Requests between two searches; the paper's.
    public static var defaultSampleLength: Int { 250_000 }

    private var sample = SizeSample()
    private var search = SizeSearch()
    private var random = SeededRandom(seed: 0)
    private var requestCount = 0
    private let sampleLength: Int
    private var capacity = 0
    /// The paper's c; infinite until the first sample is complete.
    private(set) var scale = Double.infinity

    /// A filter that knows nothing yet.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(sampleLength: Self.defaultSampleLength)
    }

    /// A filter that looks for the best probabilities each `sampleLength` requests.
    ///
    /// - Complexity: O(1).
    public init(sampleLength: Int) {
        self.sampleLength = sampleLength
    }

    /// Bytes of memory that the filter holds.
    public var storageBytes: Int { sample.storageBytes + search.storageBytes }

    /// Counts the request.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        count(access)
    }

    /// Counts the request, and draws lots.
    public mutating func admits(
        _ slot: SlotID, _ access: Access, to place: AdmissionPlace
    ) -> Bool {
        capacity = place.capacity
        count(access)
        guard place.missing > 0, scale.isFinite else { return true }
        return Double.random(in: 0..<1, using: &random) < exp(-Double(access.weight) / scale)
    }

    private mutating func count(_ access: Access) {
        sample.count(access.hash, weight: access.weight)
        requestCount += 1
        if let best = search.advance() { scale = best }
        guard requestCount >= sampleLength else { return }
        search.start(sample.objects, share: sample.share, capacity: capacity)
        sample = SizeSample()
        requestCount = 0
    }
}
