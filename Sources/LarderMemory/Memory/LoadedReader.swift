/// Reads entries with a provenance for one thread: decides which stale values it takes, and holds
/// what the last read found. A class of its own, so that the outcome of a plain hit stays in two
/// registers.
public final class LoadedReader {
    // Safety: accesses do not overlap. It has one thread, only the accessors below touch these, and
    // each reads or writes its field whole. To have that checked at run time took a tenth of the
    // instructions of a hit.
    @exclusivity(unchecked) private var found: LoadedRead?
    @exclusivity(unchecked) private var largeFound: LargeValue?
    @exclusivity(unchecked) private var hasGiven = false

    let judge: (LoadedRead) -> Bool

    /// A reader that takes the stale values that `judge` wants, which runs under a shard's lock.
    public init(serving judge: @escaping (LoadedRead) -> Bool = { _ in false }) {
        self.judge = judge
    }

    /// What the last read that ended as `loaded` found.
    public var last: LoadedRead? { unsafe found }
    /// The value that it gave, if it is a large one.
    public var large: LargeValue? { unsafe largeFound }
    /// Whether it gave a value: to the closure, or in `large`.
    public var isGiven: Bool { unsafe hasGiven }

    /// Notes what a read found, and what it gave.
    @inline(__always)
    func note(_ read: LoadedRead, isGiven: Bool, large: LargeValue?) {
        unsafe found = read
        unsafe hasGiven = isGiven
        // Most are not large: then there is nothing to release either.
        if large != nil || self.large != nil { unsafe largeFound = large }
    }

    /// Forgets the last read.
    public func forget() {
        unsafe found = nil
        unsafe hasGiven = false
        release()
    }

    /// Lets the large value go, for which memory is held.
    public func release() {
        if unsafe largeFound != nil { unsafe largeFound = nil }
    }
}
