import LarderCore
import LarderRuntime
import Synchronization

/// How often logins failed from where, and who has to wait: guessing a password gets slower with
/// each guess. The table is bounded; who is not in it has failed never, or long ago.
struct LoginLimiter {
    /// Failures that cost nothing: a deployment with an old password is no attack.
    static let freeFailures = 10
    /// The wait after the first failure that counts; it doubles with each.
    static let waitMin = Duration.milliseconds(100)
    /// Longest wait: 360 guesses an hour, and no great while for the person who mistyped.
    static let waitMax = Duration.seconds(10)
    /// After so long without a failure all is forgotten.
    static let memory = Duration.seconds(300)
    /// Most addresses remembered, at 64 bytes each.
    static let addressesMax = 1024

    private struct Record {
        var failures = 0
        var last: Tick
        var waitsUntil: Tick
    }

    private var records: [NetworkAddress: Record] = [:]

    var isEmpty: Bool { records.isEmpty }
    var count: Int { records.count }

    /// How long logins from `address` are refused from now on; nil when they are not.
    func wait(for address: NetworkAddress, at now: Tick) -> Duration? {
        guard let record = records[address], record.waitsUntil > now else { return nil }
        return .nanoseconds(Int64(record.waitsUntil.nanoseconds - now.nanoseconds))
    }

    /// Notes a failed login.
    ///
    /// - Complexity: O(1); O(`addressesMax`) for a newcomer when the table is full.
    mutating func noteFailure(from address: NetworkAddress, at now: Tick) {
        if records[address] == nil, records.count >= Self.addressesMax { makeRoom(at: now) }
        var record = records[address] ?? Record(last: now, waitsUntil: now)
        if now >= record.last.advanced(by: Self.memory) { record.failures = 0 }
        record.failures += 1
        record.last = now
        let excess = record.failures - Self.freeFailures
        if excess > 0 {
            let doubled = Self.waitMin * (1 << min(excess - 1, 10))
            record.waitsUntil = now.advanced(by: min(doubled, Self.waitMax))
        }
        records[address] = record
    }

    /// Forgets who has not failed for long; if nobody, the one that matters least.
    private mutating func makeRoom(at now: Tick) {
        records = records.filter { now < $0.value.last.advanced(by: Self.memory) }
        guard records.count >= Self.addressesMax else { return }
        let least = records.min {
            ($0.value.failures, $0.value.last) < ($1.value.failures, $1.value.last)
        }
        if let least { records[least.key] = nil }
    }
}

/// The limiter of all loops.
final class LoginGuard: Sendable {
    private let limiter = Guarded(LoginLimiter())
    /// Relaxed: spares everybody the lock as long as nobody has failed.
    private let hasFailures = Atomic<Bool>(false)

    func wait(for address: NetworkAddress, at now: Tick) -> Duration? {
        guard hasFailures.load(ordering: .relaxed) else { return nil }
        return limiter.withLock { $0.wait(for: address, at: now) }
    }

    func noteFailure(from address: NetworkAddress, at now: Tick) {
        limiter.withLock { $0.noteFailure(from: address, at: now) }
        hasFailures.store(true, ordering: .relaxed)
    }
}
