import LarderCore
import LarderHierarchy
import LarderRuntime

/// What a connection waits for before it can run its next command, and what has come of it.
///
/// The command stays where it is, unconsumed, and is run again when all has come.
final class ConnectionWait {
    typealias WaitID = ReadThrough.ServerSource.WaitID

    private struct Pending {
        let key: Key
        let source: Int
        let wait: WaitID
    }

    private let id: ConnectionID
    private var pending: [UInt32: Pending] = [:]
    private var outcomes: [Key: Landing.Outcome] = [:]
    private var number: UInt32 = 0
    /// How often the command at hand was run in vain.
    private(set) var rounds = 0

    init(_ id: ConnectionID) {
        self.id = id
    }

    /// Whether something has still to come.
    var isWaiting: Bool { !pending.isEmpty }

    /// Whether the command at hand has waited for something.
    var isOver: Bool { pending.isEmpty && rounds > 0 }

    /// A name for the next wait.
    func nextWaiter() -> LoadWaiter {
        number &+= 1
        return LoadWaiter(id: id, number: number)
    }

    /// `waiter` will be told.
    func expect(_ key: Key, _ waiter: LoadWaiter, from source: Int, _ wait: WaitID) {
        pending[waiter.number] = Pending(key: key, source: source, wait: wait)
    }

    /// Notes what a load came to without a wait.
    func note(_ outcome: Landing.Outcome, of key: Key) {
        outcomes[key] = outcome
    }

    /// Takes what the loop was sent for this connection.
    func receive(_ letters: [LandingPost.Letter]) {
        for letter in letters {
            switch letter {
            case .landing(let landing, let number):
                guard let ended = pending.removeValue(forKey: number) else { continue }
                outcomes[ended.key] = landing.outcome
            case .timeout(let failure, let number):
                guard let ended = pending.removeValue(forKey: number) else { continue }
                outcomes[ended.key] = .failed(failure)
            }
        }
        if !isWaiting { rounds += 1 }
    }

    /// What came of the load of `key`, if the command at hand has waited for it.
    func outcome(of key: Key) -> Landing.Outcome? { outcomes[key] }

    /// The command at hand is done.
    func end() {
        outcomes.removeAll()
        rounds = 0
    }

    /// What to cancel when the client is gone, by source.
    var waits: [(source: Int, wait: WaitID)] { pending.values.map { ($0.source, $0.wait) } }
}
