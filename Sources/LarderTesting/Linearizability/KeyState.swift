import LarderCore

/// What one key holds between two operations: the sequential model that histories are held against.
struct KeyState: Hashable, Sendable {
    /// The entry, if there is one. It may have expired since: only the next operation's time tells.
    var entry: Entry?

    static let empty = KeyState(entry: nil)

    struct Entry: Hashable, Sendable {
        var value: Int64
        /// The token of this version of the entry, once a client has seen it.
        var token: UInt64?
        var expiry: Expiry?
    }

    /// It expires at some moment from `earliest` to `latest`.
    struct Expiry: Hashable, Sendable {
        var earliest: Tick
        var latest: Tick

        init(_ lifetime: Lifetime, of operation: RecordedOperation) {
            earliest = operation.invoked.advanced(by: lifetime.shortest)
            latest = operation.returned.advanced(by: lifetime.longest)
        }
    }

    /// The states in which `operation` may leave the key, if it takes effect now: none when its
    /// outcome contradicts this state, two when the entry may also have vanished before it.
    /// `ground` is what is read where there is no entry, and `isKnown` tells whether a token was
    /// seen before, on this entry or an earlier one.
    func successors(
        of operation: RecordedOperation, evicts: Bool, ground: Int64? = nil,
        isKnown: (UInt64) -> Bool
    ) -> [KeyState] {
        if case .doubtful = operation.outcome {
            var done = operation
            done.outcome = .unknown
            let states = successors(of: done, evicts: evicts, ground: ground, isKnown: isKnown)
            return states.contains(self) ? states : states + [self]
        }
        guard let entry else {
            return absent(after: operation, ground).map { [$0] } ?? []
        }
        var states: [KeyState] = []
        let mayLive = entry.expiry.map { operation.invoked <= $0.latest } ?? true
        if mayLive, let next = present(entry, after: operation, isKnown: isKnown) {
            states.append(next)
        }
        let mayHaveExpired = entry.expiry.map { operation.returned >= $0.earliest } ?? false
        if evicts || mayHaveExpired, let next = absent(after: operation, ground),
            !states.contains(next)
        {
            states.append(next)
        }
        return states
    }

    /// The state after `operation` found no entry here, but what the origin has.
    private func absent(after operation: RecordedOperation, _ ground: Int64?) -> KeyState? {
        guard let ground else { return absent(after: operation) }
        let entry = Entry(value: ground, token: nil, expiry: nil)
        return Self.empty.present(entry, after: operation) { _ in true }
    }

    /// The state after `operation` found no entry, or `nil` when its outcome says otherwise.
    private func absent(after operation: RecordedOperation) -> KeyState? {
        switch (operation.command, operation.outcome) {
        case (_, .nonsense): nil
        case (_, .failed): .empty
        case (.get, .absent), (.gets, .absent), (.delete, .absent), (.delete, .cleared),
            (.expire, .absent),
            (.compareAndSet, .absent), (.replace, .notApplied):
            .empty
        case (.set(let value, let lifetime), .applied), (.set(let value, let lifetime), .unknown),
            (.add(let value, let lifetime), .applied), (.add(let value, let lifetime), .unknown):
            .holding(value, lifetime, since: operation)
        case (.increment(let step, createsAbsent: true), .found(let value)):
            value == step ? .holding(value, nil, since: operation) : nil
        case (.increment(let step, createsAbsent: true), .unknown):
            .holding(step, nil, since: operation)
        case (.increment(_, createsAbsent: false), .absent): .empty
        case (_, .unknown): .empty
        default: nil
        }
    }

    /// The state after `operation` found `entry`, or `nil` when its outcome says otherwise.
    private func present(
        _ entry: Entry, after operation: RecordedOperation, isKnown: (UInt64) -> Bool
    ) -> KeyState? {
        switch (operation.command, operation.outcome) {
        case (_, .nonsense): nil
        case (_, .failed), (.get, .unknown), (.gets, .unknown): self
        case (.get, .found(let value)): value == entry.value ? self : nil
        case (.gets, .foundVersion(let value, let token)):
            value == entry.value ? witnessing(token, on: entry, isKnown: isKnown) : nil
        case (.add, .notApplied), (.add, .unknown): self
        case (.set(let value, let lifetime), .applied), (.set(let value, let lifetime), .unknown),
            (.replace(let value, let lifetime), .applied),
            (.replace(let value, let lifetime), .unknown):
            .holding(value, lifetime, since: operation)
        case (.compareAndSet(let value, let token, let lifetime), let outcome):
            compared(entry, token, outcome, then: .holding(value, lifetime, since: operation))
        case (.increment(let step, _), let outcome): counted(entry, by: step, outcome)
        case (.delete, .applied), (.delete, .cleared), (.delete, .unknown): .empty
        case (.expire(let lifetime), .applied), (.expire(let lifetime), .unknown):
            .expiring(entry, lifetime, since: operation)
        default: nil
        }
    }

    /// A token is one version's for ever: it must be the one seen here, or be new.
    private func witnessing(
        _ token: UInt64, on entry: Entry, isKnown: (UInt64) -> Bool
    ) -> KeyState? {
        if let seen = entry.token { return seen == token ? self : nil }
        guard !isKnown(token) else { return nil }
        var next = entry
        next.token = token
        return KeyState(entry: next)
    }

    /// A client's token comes from an earlier read, so an entry whose token nobody saw is another.
    private func compared(
        _ entry: Entry, _ token: UInt64, _ outcome: KeyOutcome, then stored: KeyState
    ) -> KeyState? {
        let isSame = entry.token == token
        return switch outcome {
        case .applied: isSame ? stored : nil
        case .changed: isSame ? nil : self
        case .unknown: isSame ? stored : self
        default: nil
        }
    }

    /// Counting makes a new version that keeps the lifetime.
    private func counted(_ entry: Entry, by step: Int64, _ outcome: KeyOutcome) -> KeyState? {
        let (sum, overflow) = entry.value.addingReportingOverflow(step)
        guard !overflow, outcome == .found(sum) || outcome == .unknown else { return nil }
        return KeyState(entry: Entry(value: sum, token: nil, expiry: entry.expiry))
    }

    private static func holding(
        _ value: Int64, _ lifetime: Lifetime?, since operation: RecordedOperation
    ) -> KeyState {
        let expiry = lifetime.map { Expiry($0, of: operation) }
        return KeyState(entry: Entry(value: value, token: nil, expiry: expiry))
    }

    private static func expiring(
        _ entry: Entry, _ lifetime: Lifetime?, since operation: RecordedOperation
    ) -> KeyState {
        var next = entry
        next.expiry = lifetime.map { Expiry($0, of: operation) }
        return KeyState(entry: next)
    }
}
