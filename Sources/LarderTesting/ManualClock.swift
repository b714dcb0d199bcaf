public import LarderCore

/// A clock that moves only when told to: tests of time neither sleep nor flicker.
public struct ManualClock: Sendable {
    /// The time it shows.
    public private(set) var now = Tick(nanoseconds: 0)

    /// A clock at the start of the scale.
    public init() {}

    /// Moves the clock on.
    public mutating func advance(by duration: Duration) {
        now = now.advanced(by: duration)
    }
}
