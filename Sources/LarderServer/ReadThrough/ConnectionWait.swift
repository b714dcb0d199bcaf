import LarderCore
import LarderHierarchy
import LarderRuntime

/// What a connection waits for before it can run its next command, and what has come of it.
///
/// The command stays where it is, unconsumed, and is run again when all has come. What the commands
/// behind it will need is waited for together with that.
final class ConnectionWait {
    typealias WaitID = ReadThrough.ServerSource.WaitID

    private struct Pending {
        let key: Key
        let source: ReadThrough.ServerSource
        let wait: WaitID
    }

    /// Loads of one key for one command: more only serve one who fights with somebody's writes, or
    /// for a value that cannot be kept.
    private static let triesMax = 3

    /// A write whose origin is asked first.
    struct Write {
        enum State {
            /// Others write the keys.
            case queues(UInt32)
            /// Nobody else writes them.
            case held
            /// The origin is asked.
            case asked(UInt32)
            case done(SourceFailure?)
        }

        let keys: [Key]
        let lane: OriginWrites.LaneID
        var state: State
        /// What is answered when the origin has taken it.
        var reply: KeptReply?
    }

    /// Whether its command has had the origin asked for a write, which nothing undoes.
    var hasAskedWrite: Bool {
        switch write?.state {
        case .asked, .done: true
        case .queues, .held, nil: false
        }
    }

    private let id: ConnectionID
    private var bypass: UInt32?
    /// What the origin said past memory.
    var bypassed: LoadOutcome?
    /// The write of the command at hand.
    var write: Write?
    /// The lease that the command at hand waits for.
    var lease: LeaseWait?
    private var pending: [UInt32: Pending] = [:]
    private var outcomes: [Key: Landing.Outcome] = [:]
    private var tries: [Key: Int] = [:]
    private var number: UInt32 = 0

    init(_ id: ConnectionID) {
        self.id = id
    }

    /// Whether something has still to come.
    var isWaiting: Bool {
        switch write?.state {
        case .queues, .asked: true
        default: !pending.isEmpty || bypass != nil || lease?.isWaiting == true
        }
    }

    /// A command needs `keys`, which are to be loaded next.
    ///
    /// - Returns: A key that it has waited for too often; then it does not wait.
    func begin(_ keys: [Wanted]) -> Wanted? {
        if let vain = keys.first(where: { tries[$0.key, default: 0] >= Self.triesMax }) {
            return vain
        }
        // What came for another command is no answer to one that begins now.
        if keys.allSatisfy({ tries[$0.key] == nil }) { outcomes.removeAll() }
        for wanted in keys {
            tries[wanted.key, default: 0] += 1
            outcomes[wanted.key] = nil
        }
        return nil
    }

    /// The commands before the one at hand are done.
    func forgetTries() {
        tries.removeAll()
    }

    /// The origin is asked past memory.
    func beginBypass(_ waiter: LoadWaiter) {
        bypass = waiter.number
    }

    /// A name for the next wait.
    func nextWaiter() -> LoadWaiter {
        number &+= 1
        return LoadWaiter(id: id, number: number)
    }

    /// `waiter` will be told.
    func expect(
        _ key: Key, _ waiter: LoadWaiter, from source: ReadThrough.ServerSource,
        _ wait: WaitID
    ) {
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
            case .bypassed(let outcome, let number):
                guard bypass == number else { continue }
                (bypass, bypassed) = (nil, outcome)
            case .granted(let number):
                if case .queues(number) = write?.state { write?.state = .held }
            case .written(let failure, let number):
                if case .asked(number) = write?.state { write?.state = .done(failure) }
            }
        }
    }

    /// What came of the load of `key`, if the command at hand has waited for it.
    func outcome(of key: Key) -> Landing.Outcome? { outcomes[key] }

    /// What to cancel when the client is gone, by source.
    var waits: [(source: ReadThrough.ServerSource, wait: WaitID)] {
        pending.values.map { ($0.source, $0.wait) }
    }
}
