import LarderCore
import LarderMemory

/// Who wants to be told what happens to keys. The store notes what anybody wants.
///
/// To be told: add a case, `set` the kinds while somebody listens, and take the events of each
/// command in `CommandLoop.tellEvents`.
final class EventInterests: Sendable {
    enum Listener: Hashable {
        /// `notify-keyspace-events`.
        case keyspace
        /// memcached's `watch`.
        case watchers
        /// CLIENT TRACKING.
        case tracking
    }

    private let log: KeyEventLog
    private let kinds = Guarded<[Listener: KeyEventKinds]>([:])

    init(_ log: KeyEventLog) {
        self.log = log
    }

    /// From now on a listener wants these kinds, and no others. They are asked for under the lock,
    /// so that what is wanted last stays, whoever comes first.
    func set(_ wanted: @autoclosure () -> KeyEventKinds, for listener: Listener) {
        kinds.withLock { kinds in
            kinds[listener] = wanted()
            log.wanted = kinds.values.reduce([]) { $0.union($1) }
        }
    }
}
