public import LarderCore

/// A point on the store's monotonic scale, in milliseconds: what expiry is counted in.
public struct Moment: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Milliseconds since the start of the scale; at most 48 bits, which last 8,900 years.
    public let milliseconds: UInt64

    /// The point `milliseconds` after the start of the scale, at most `never`.
    @inlinable public init(milliseconds: UInt64) {
        self.milliseconds = min(milliseconds, 0xFFFF_FFFF_FFFF)
    }

    /// The millisecond in which `tick` lies.
    @inlinable public init(_ tick: Tick) {
        self.init(milliseconds: tick.milliseconds)
    }

    /// The end of the scale: what expires then stays.
    @inlinable public static var never: Moment { Moment(milliseconds: .max) }

    /// Whether `left` is earlier.
    @inlinable public static func < (left: Moment, right: Moment) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
