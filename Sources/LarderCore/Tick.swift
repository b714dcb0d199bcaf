/// A point on a monotonic scale, in nanoseconds since an arbitrary start.
///
/// One register, where `ContinuousClock.Instant` takes two. The shell reads the clock; everything
/// else is only told the time.
public struct Tick: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds since the start of the scale.
    public let nanoseconds: UInt64

    /// The point that lies `nanoseconds` after the start of the scale.
    @inlinable public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Whole milliseconds since the start of the scale.
    @inlinable public var milliseconds: UInt64 { nanoseconds / 1_000_000 }

    /// Whether `left` is earlier.
    @inlinable public static func < (left: Tick, right: Tick) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The point that lies `duration` later. It saturates: too late is harmless, wrapped is not.
    ///
    /// - Complexity: O(1).
    public func advanced(by duration: Duration) -> Tick {
        let step = UInt64(clamping: duration.attoseconds / 1_000_000_000)
        let (later, overflow) = nanoseconds.addingReportingOverflow(step)
        return Tick(nanoseconds: overflow ? .max : later)
    }
}
