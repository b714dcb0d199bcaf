import LarderCore
import LarderResilience

/// One level as a source sees it: whether it may be asked, and what is to be written to it.
struct LevelState: Sendable {
    var breaker: CircuitBreaker
    var writes: LevelWrites
    /// No write begins before it: the last one failed, or the breaker is open.
    private(set) var restsUntil: Tick?
    private var failuresInARow = 0

    init(
        _ breaker: CircuitBreakerConfiguration, _ writes: LevelWriteBounds, at now: Tick
    ) throws(OutOfBounds) {
        try writes.validate()
        self.breaker = try CircuitBreaker(breaker, at: now)
        self.writes = LevelWrites(writes)
    }

    /// When a write is to be tried again.
    var nextStep: Tick? { writes.isWaiting ? restsUntil : nil }

    /// Takes a write that is to be made now.
    mutating func takeWrite(
        at now: Tick, using random: inout some RandomNumberGenerator
    ) -> (LevelWrites.Send, CircuitBreaker.Permit)? {
        if let restsUntil, now < restsUntil { return nil }
        restsUntil = nil
        guard writes.canTake else { return nil }
        switch breaker.admission(at: now) {
        case .attempt(let permit), .probe(let permit):
            if let send = writes.take() { return (send, permit) }
            _ = breaker.record(.none, of: permit, at: now, using: &random)
        case .refuse(let until):
            restsUntil = until
        }
        return nil
    }

    /// A write has ended.
    mutating func ended(
        _ number: UInt64, succeeded: Bool, at now: Tick,
        using random: inout some RandomNumberGenerator
    ) {
        writes.ended(number, succeeded: succeeded, at: now)
        if succeeded {
            failuresInARow = 0
        } else {
            let wait = Backoff(
                first: .milliseconds(50), longest: .seconds(2), least: .milliseconds(10)
            ).wait(after: failuresInARow, using: &random)
            failuresInARow += 1
            restsUntil = now.advanced(by: wait)
        }
    }
}
