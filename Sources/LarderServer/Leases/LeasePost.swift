import LarderCore
import LarderHierarchy
import LarderResilience
import LarderRuntime

/// Brings leases, and the news that a key was set, to the connections that wait for them.
///
/// A connection waits for one key at a time. It has a place here from before it waits until it has
/// taken its letter or is gone: so a lease reaches a connection, or is known to have reached none.
final class LeasePost: LeaseObserver {
    typealias Table = LeaseTable<Key, LoadWaiter>

    /// What a connection is told.
    enum Letter: Sendable {
        /// The key was set.
        case filled
        /// It may load the key, with this token.
        case granted(UInt64)
        /// It has waited long enough.
        case timedOut
    }

    private struct Place {
        let number: UInt32
        var letter: Letter?
    }

    private let traffic: Traffic
    /// One for each loop, by the connections' serials.
    private let places: [Guarded<[UInt64: Place]>]

    init(loopCount: Int, traffic: Traffic) {
        self.traffic = traffic
        places = (0..<loopCount).map { _ in Guarded([:]) }
    }

    /// `waiter` may be told from now on.
    func begin(_ waiter: LoadWaiter) {
        places[Int(waiter.id.loop)].withLock {
            $0[waiter.id.serial] = Place(number: waiter.number)
        }
    }

    /// Bytes for those who wait, about.
    var heldBytes: Int {
        let bytes = MemoryLayout<UInt64>.stride + MemoryLayout<Place>.stride
        return places.reduce(0) { $0 + $1.withLock { $0.capacity * bytes * 4 / 3 } }
    }

    /// What has come for a connection; it goes on waiting for what has not.
    func take(for id: ConnectionID) -> Letter? {
        places[Int(id.loop)].withLock { places in
            guard let letter = places[id.serial]?.letter else { return nil }
            places[id.serial] = nil
            return letter
        }
    }

    /// The connection does not wait any more.
    ///
    /// - Returns: What has come for it all the same.
    func end(_ id: ConnectionID) -> Letter? {
        places[Int(id.loop)].withLock { $0.removeValue(forKey: id.serial)?.letter }
    }

    func woken(_ wakes: [Table.Wake]) -> [Table.Wake] {
        var lost: [Table.Wake] = []
        for (loop, places) in places.enumerated() {
            places.withLock { places in
                for wake in wakes where Int(wake.waiter.id.loop) == loop {
                    let waiter = wake.waiter
                    if places[waiter.id.serial]?.number == waiter.number {
                        places[waiter.id.serial]?.letter = wake.letter
                    } else {
                        lost.append(wake)
                    }
                }
            }
        }
        for wake in wakes { traffic.resume(wake.waiter.id) }
        return lost
    }
}

extension LeaseTable<Key, LoadWaiter>.Wake {
    fileprivate var waiter: LoadWaiter {
        switch self {
        case .filled(let waiter), .timedOut(let waiter): waiter
        case .granted(let waiter, _, _): waiter
        }
    }

    fileprivate var letter: LeasePost.Letter {
        switch self {
        case .filled: .filled
        case .timedOut: .timedOut
        case .granted(_, _, let lease): .granted(lease.token)
        }
    }
}
