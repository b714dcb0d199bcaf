import LarderCore
import LarderTesting

/// Ways in which a server is wrong.
enum Bug: CaseIterable, Sendable {
    case staleRead, lostIncrement, inventedValue, blindCompareAndSet, resurrection
    case readAfterExpiry, earlyExpiry, lostWrite, reusedToken, refusedCompareAndSet
}

/// A register per key that is right by construction, or wrong in one way now and then.
///
/// It shares no code with the checker's model, so that one cannot hide the other's mistakes.
struct SimulatedServer {
    struct Cell {
        var value: Int64
        var token: UInt64
        var expires: UInt64?
    }

    let bug: Bug?
    private var cells: [String: Cell] = [:]
    /// What the key held before: what a stale reader sees.
    private var former: [String: Cell] = [:]
    private var lastToken: UInt64 = 0
    private var random: SeededRandom

    init(bug: Bug?, seed: UInt64) {
        self.bug = bug
        random = SeededRandom(seed: seed ^ 0x5EED)
    }

    mutating func evict(_ key: String) {
        cells[key] = nil
    }

    mutating func reply(to command: KeyCommand, on key: String, at now: UInt64) -> KeyOutcome {
        expire(key, at: now)
        switch command {
        case .get: return read(key).map { .found($0.value) } ?? .absent
        case .gets:
            return read(key).map { .foundVersion($0.value, token: $0.token) } ?? .absent
        case .set(let value, let lifetime):
            if slips(.lostWrite) { return .applied }
            return store(value, lifetime, key, now)
        case .add(let value, let lifetime):
            return cells[key] == nil ? store(value, lifetime, key, now) : .notApplied
        case .replace(let value, let lifetime):
            return cells[key] == nil ? .notApplied : store(value, lifetime, key, now)
        case .compareAndSet(let value, let token, let lifetime):
            return compareAndSet(value, token, lifetime, key, now)
        case .increment(let step, let createsAbsent):
            return count(step, createsAbsent, key, now)
        case .delete:
            guard cells[key] != nil else { return .absent }
            if !slips(.resurrection) { replace(key, with: nil) }
            return .applied
        case .expire(let lifetime):
            guard cells[key] != nil else { return .absent }
            let deadline = deadline(lifetime, now)
            cells[key]?.expires = deadline
            return .applied
        }
    }

    private mutating func expire(_ key: String, at now: UInt64) {
        guard let deadline = cells[key]?.expires else { return }
        // Early by more than any client's round trip: else nobody could tell.
        if now >= deadline || (now + 60_000 < deadline && slips(.earlyExpiry)) {
            replace(key, with: nil)
        }
    }

    private mutating func read(_ key: String) -> Cell? {
        if let old = former[key], slips(.staleRead) { return old }
        if slips(.inventedValue) { return Cell(value: -7, token: 0) }
        return cells[key]
    }

    private mutating func store(
        _ value: Int64, _ lifetime: Lifetime?, _ key: String, _ now: UInt64
    ) -> KeyOutcome {
        lastToken += 1
        let old = cells[key]?.token
        let token = old != nil && slips(.reusedToken) ? old : nil
        let deadline = deadline(lifetime, now)
        replace(key, with: Cell(value: value, token: token ?? lastToken, expires: deadline))
        return .applied
    }

    private mutating func compareAndSet(
        _ value: Int64, _ token: UInt64, _ lifetime: Lifetime?, _ key: String, _ now: UInt64
    ) -> KeyOutcome {
        guard let cell = cells[key] else { return .absent }
        if cell.token == token {
            return slips(.refusedCompareAndSet) ? .changed : store(value, lifetime, key, now)
        }
        return slips(.blindCompareAndSet) ? store(value, lifetime, key, now) : .changed
    }

    private mutating func count(
        _ step: Int64, _ createsAbsent: Bool, _ key: String, _ now: UInt64
    ) -> KeyOutcome {
        guard let cell = cells[key] else {
            guard createsAbsent else { return .absent }
            _ = store(step, nil, key, now)
            return .found(step)
        }
        if slips(.lostIncrement) { return .found(cell.value + step) }
        lastToken += 1
        let sum = cell.value + step
        replace(key, with: Cell(value: sum, token: lastToken, expires: cell.expires))
        return .found(sum)
    }

    private mutating func replace(_ key: String, with cell: Cell?) {
        if let old = cells[key] { former[key] = old }
        cells[key] = cell
    }

    private mutating func slips(_ kind: Bug) -> Bool {
        bug == kind && random.happens(0.4)
    }

    private mutating func deadline(_ lifetime: Lifetime?, _ now: UInt64) -> UInt64? {
        guard let lifetime, !slips(.readAfterExpiry) else { return nil }
        return Tick(nanoseconds: now).advanced(by: lifetime.shortest).nanoseconds
    }
}
