import Synchronization

/// How much output may wait for a connection that is sent messages it did not ask for one by one.
///
/// May be changed while the loops run: each number is looked up when output has to wait. Relaxed:
/// each is a bound on its own.
public final class SubscriberLimits: Sendable {
    private let hard: Atomic<Int>
    private let soft: Atomic<Int>
    private let patience: Atomic<Int64>

    /// Redis's defaults for subscribers: closed at 32 MiB, and when more than 8 MiB wait for more
    /// than a minute.
    public init(
        hardBytes: Int = 32 << 20, softBytes: Int = 8 << 20, softDuration: Duration = .seconds(60)
    ) {
        hard = Atomic(hardBytes)
        soft = Atomic(softBytes)
        patience = Atomic(softDuration.components.seconds)
    }

    /// Bytes at which a subscriber is closed; 0 for no such bound.
    public var hardBytes: Int {
        get { hard.load(ordering: .relaxed) }
        set { hard.store(newValue, ordering: .relaxed) }
    }

    /// Bytes that may wait for as long as `softDuration` only; 0 for no such bound.
    public var softBytes: Int {
        get { soft.load(ordering: .relaxed) }
        set { soft.store(newValue, ordering: .relaxed) }
    }

    /// How long more than `softBytes` may wait. Whole seconds.
    public var softDuration: Duration {
        get { .seconds(patience.load(ordering: .relaxed)) }
        set { patience.store(newValue.components.seconds, ordering: .relaxed) }
    }

    /// Whether the bound that holds at any time is reached.
    func isOver(_ waiting: Int) -> Bool {
        let limit = hardBytes
        return limit > 0 && waiting >= limit
    }

    /// Whether so much may wait for a while only.
    func isMuch(_ waiting: Int) -> Bool {
        let limit = softBytes
        return limit > 0 && waiting >= limit
    }
}
