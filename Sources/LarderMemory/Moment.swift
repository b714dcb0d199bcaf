public import LarderCore

/// A point on the store's monotonic scale, in milliseconds: what expiry is counted in.
public struct Moment: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Milliseconds since the start of the scale.
    public let milliseconds: UInt64

    /// The point `milliseconds` after the start of the scale.
    @inlinable public init(milliseconds: UInt64) {
        self.milliseconds = milliseconds
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
