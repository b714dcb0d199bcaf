public import LarderCore

/// The time of a shell, and a way to wait for it. Tests bring their own.
public struct ShellClock: Sendable {
    /// The time.
    public let now: @Sendable () -> Tick
    /// Returns at that time, or somewhat later, or when the task is cancelled.
    public let wait: @Sendable (Tick) async -> Void

    /// A clock of these parts.
    public init(
        now: @escaping @Sendable () -> Tick, wait: @escaping @Sendable (Tick) async -> Void
    ) {
        self.now = now
        self.wait = wait
    }

    /// This process's.
    public static let monotonic = Self(now: { MonotonicClock.now() }) { time in
        try? await Task.sleep(for: time.duration(since: MonotonicClock.now()))
    }
}
