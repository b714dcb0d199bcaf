/// How long entries of a namespace stay without a reader.
public struct IdleRule: Hashable, Sendable {
    /// The shortest time after its last read that an entry stays; it is 17 sixteenths at the most,
    /// since its end moves only when that changes it by a sixteenth.
    public let milliseconds: UInt64
    /// The longest time that an entry is served beyond its freshness, which reads do not prolong.
    public let staleMilliseconds: UInt64

    /// Entries stay for `milliseconds`.
    public init(milliseconds: UInt64, staleMilliseconds: UInt64 = 0) {
        (self.milliseconds, self.staleMilliseconds) = (milliseconds, staleMilliseconds)
    }

    /// The end of what is used now.
    func end(from now: Moment) -> Moment {
        now.later(by: milliseconds).later(by: milliseconds / 16)
    }
}

/// How long what is written in a namespace stays.
public struct NamespaceTimes: Hashable, Sendable {
    /// For how long a write is good that says nothing of it; nil: for ever.
    public var ttlMilliseconds: UInt64?
    /// How long an entry stays without a reader; nil: to its end.
    public var idle: IdleRule?

    /// Writes are good for `ttlMilliseconds` unless they say otherwise, and stay as `idle` says.
    public init(ttlMilliseconds: UInt64? = nil, idle: IdleRule? = nil) {
        (self.ttlMilliseconds, self.idle) = (ttlMilliseconds, idle)
    }
}

/// The times of namespaces, by their numbers.
struct NamespaceTimesTable {
    private var times: [NamespaceTimes] = []
    /// Whether no namespace has a time without readers.
    let isIdleEmpty: Bool
    /// Whether no namespace has a time for writes.
    let isTTLEmpty: Bool

    init(_ times: [UInt16: NamespaceTimes] = [:]) {
        isIdleEmpty = times.values.allSatisfy { $0.idle == nil }
        isTTLEmpty = times.values.allSatisfy { $0.ttlMilliseconds == nil }
        guard let last = times.keys.max() else { return }
        self.times = (0...last).map { times[$0] ?? NamespaceTimes() }
    }

    func idle(_ namespace: UInt16) -> IdleRule? {
        Int(namespace) < times.count ? times[Int(namespace)].idle : nil
    }

    func ttlMilliseconds(_ namespace: UInt16) -> UInt64? {
        Int(namespace) < times.count ? times[Int(namespace)].ttlMilliseconds : nil
    }
}

extension Moment {
    /// At most `never`.
    func later(by span: UInt64) -> Moment {
        let (sum, overflow) = milliseconds.addingReportingOverflow(span)
        return overflow ? .never : Moment(milliseconds: sum)
    }
}
