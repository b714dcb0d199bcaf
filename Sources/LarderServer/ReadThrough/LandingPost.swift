import LarderCore
import LarderHierarchy
import LarderRuntime

/// A connection that waits for a key.
struct LoadWaiter: Sendable, BitwiseCopyable {
    let id: ConnectionID
    /// The connection's number for this wait.
    let number: UInt32
}

/// Brings landings to the connections that wait for them.
///
/// Each loop has an inbox with a place for each connection that waits. What is put there is taken
/// by the connection itself, when its loop gives it the turn again that `resume` asks for. What
/// comes for one that is gone is nobody's: nothing is kept of it.
final class LandingPost: SourceObserver {
    /// What a connection is told.
    enum Letter: Sendable {
        case landing(Landing, number: UInt32)
        /// It has waited too long.
        case timeout(SourceFailure, number: UInt32)
        /// What the origin said past memory.
        case bypassed(LoadOutcome, number: UInt32)
        /// It may write now.
        case granted(number: UInt32)
        /// The origin has taken its write, or why not.
        case written(SourceFailure?, number: UInt32)
    }

    private let traffic: Traffic
    private let leases: Leases
    private let inboxes: [Guarded<[ConnectionID: [Letter]]>]

    init(loopCount: Int, traffic: Traffic, leases: Leases) {
        self.traffic = traffic
        self.leases = leases
        inboxes = (0..<loopCount).map { _ in Guarded([:]) }
    }

    func landed(_ landing: Landing, for waiters: [LoadWaiter]) {
        put(waiters) { .landing(landing, number: $0) }
        leases.reviewChanges()
    }

    func timedOut(_ waiters: [LoadWaiter], _ failure: SourceFailure) {
        put(waiters) { .timeout(failure, number: $0) }
    }

    func bypassed(_ waiter: LoadWaiter, _ outcome: LoadOutcome) {
        put([waiter]) { .bypassed(outcome, number: $0) }
    }

    func granted(_ waiters: [LoadWaiter]) {
        put(waiters) { .granted(number: $0) }
    }

    func written(_ waiter: LoadWaiter, _ failure: SourceFailure?) {
        put([waiter]) { .written(failure, number: $0) }
        leases.reviewChanges()
    }

    private func put(_ waiters: [LoadWaiter], _ letter: (UInt32) -> Letter) {
        for (loop, inbox) in inboxes.enumerated() {
            inbox.withLock { letters in
                for waiter in waiters where Int(waiter.id.loop) == loop {
                    letters[waiter.id]?.append(letter(waiter.number))
                }
            }
        }
        for waiter in waiters { traffic.resume(waiter.id) }
    }

    /// Connections that have a place.
    var placeCount: Int { inboxes.reduce(0) { $0 + $1.withLock { $0.count } } }

    /// A connection may wait from now on, until `end`.
    func begin(_ id: ConnectionID) {
        inboxes[Int(id.loop)].withLock { $0[id] = [] }
    }

    /// What has come for a connection.
    func take(for id: ConnectionID) -> [Letter] {
        inboxes[Int(id.loop)].withLock { letters in
            guard let come = letters[id], !come.isEmpty else { return [] }
            letters[id] = []
            return come
        }
    }

    /// The connection does not wait any more, or is gone.
    func end(_ id: ConnectionID) {
        inboxes[Int(id.loop)].withLock { $0[id] = nil }
    }
}
