import LarderCore

extension Tick {
    /// How long ago `earlier` was; 0 if it is not past yet.
    ///
    /// - Complexity: O(1).
    func nanoseconds(since earlier: Tick) -> UInt64 {
        self > earlier ? nanoseconds - earlier.nanoseconds : 0
    }

    /// The point that lies `nanoseconds` later. It saturates.
    func advanced(nanoseconds step: UInt64) -> Tick {
        let (later, overflow) = nanoseconds.addingReportingOverflow(step)
        return Tick(nanoseconds: overflow ? .max : later)
    }
}

extension Duration {
    /// Whole nanoseconds, from 0 up to the 584 years that a `Tick` can hold.
    var tickNanoseconds: UInt64 { UInt64(clamping: attoseconds / 1_000_000_000) }

    /// A duration of that many nanoseconds, saturating at 292 years.
    init(tickNanoseconds: UInt64) {
        self = .nanoseconds(Int64(clamping: tickNanoseconds))
    }
}
