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

/// The idle times of namespaces, by their numbers.
struct IdleTimes {
    private var rules: [IdleRule?] = []

    /// Whether no namespace has one.
    var isEmpty: Bool { rules.isEmpty }

    init(_ rules: [UInt16: IdleRule] = [:]) {
        guard let last = rules.keys.max() else { return }
        self.rules = (0...last).map { rules[$0] }
    }

    subscript(namespace: UInt16) -> IdleRule? {
        Int(namespace) < rules.count ? rules[Int(namespace)] : nil
    }
}

extension Moment {
    /// At most `never`.
    func later(by span: UInt64) -> Moment {
        let (sum, overflow) = milliseconds.addingReportingOverflow(span)
        return overflow ? .never : Moment(milliseconds: sum)
    }
}
