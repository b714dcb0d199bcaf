import Synchronization

/// What other threads, and the handler itself, may know and ask of a loop.
public final class LoopContext: Sendable {
    /// The loop's number, from 0.
    public let index: Int
    /// Number of loops in the group.
    public let loopCount: Int
    /// What the loop has counted.
    public let statistics = LoopStatistics()
    private let usesUring = Atomic<Bool>(false)
    private let wantsDelivery = Atomic<Bool>(false)
    let mailbox: Mailbox
    /// Memory of the loop's greediest connection when it last looked. Other loops compare.
    let largestClient = Atomic<Int>(0)

    init(index: Int, loopCount: Int, mailboxLimit: Int) throws(RuntimeError) {
        self.index = index
        self.loopCount = loopCount
        mailbox = try Mailbox(limit: mailboxLimit)
    }

    /// Ends a connection. Nothing happens if it is over. False when the mailbox is full.
    @discardableResult
    public func close(_ id: ConnectionID) -> Bool { post(.close(id, .killed)) }

    /// Ends what `Received.Next.pause` began: the rest is given to the handler again; without a
    /// pause too, when there is a rest. Never refused, since the connection would wait for ever;
    /// there are no more of these than connections.
    public func resume(_ id: ConnectionID) { _ = mailbox.put(.resume(id), isUrgent: true) }

    /// Sends `bytes` on a connection, behind all that was sent before.
    @discardableResult
    public func send(_ bytes: [UInt8], to id: ConnectionID) -> Bool { post(.send(id, bytes)) }

    /// Runs `body` on the loop's thread, between events. False when the mailbox is full.
    @discardableResult
    public func run(_ body: @escaping @Sendable () -> Void) -> Bool { post(.run(body)) }

    /// Has the handler's `deliver` called at the end of the turn, which is woken for it if the loop
    /// waits. Asking again before that costs one exchange. Never refused.
    public func requestDelivery() {
        // Acquiring and releasing: who clears it sees what was prepared for the delivery.
        guard !wantsDelivery.exchange(true, ordering: .acquiringAndReleasing) else { return }
        _ = mailbox.put(.deliver, isUrgent: true)
    }

    /// The same from the loop's own thread, within a turn.
    public func requestOwnDelivery() {
        wantsDelivery.store(true, ordering: .relaxed)
    }

    /// Whether `deliver` will be called at the end of this turn. For the loop's own thread.
    public var isDeliveryDue: Bool { wantsDelivery.load(ordering: .relaxed) }

    /// The delivery begins: who asks from now on asks for the next.
    func noteDelivery() {
        _ = wantsDelivery.exchange(false, ordering: .acquiringAndReleasing)
    }

    /// What the loop runs on, once it serves: never `auto`.
    public var backend: RuntimeConfiguration.BackendChoice {
        usesUring.load(ordering: .relaxed) ? .uring : .libevent
    }

    func note(_ backend: RuntimeConfiguration.BackendChoice) {
        usesUring.store(backend == .uring, ordering: .relaxed)
    }

    /// Asks the loop to end. Never refused.
    func stop(drain: Duration) {
        _ = mailbox.put(.stop(drain: drain), isUrgent: true)
    }

    func post(_ message: Message) -> Bool {
        if mailbox.put(message) { return true }
        statistics.countRefusal()
        return false
    }
}

/// What one thread tells a loop.
enum Message: Sendable {
    case adopt(NewConnection)
    case close(ConnectionID, CloseReason)
    case resume(ConnectionID)
    case send(ConnectionID, [UInt8])
    case run(@Sendable () -> Void)
    /// Nothing but a reason to wake up: the delivery is at the end of the turn.
    case deliver
    /// Close the connection that holds most: the clients' memory is exceeded.
    case relieve
    case stop(drain: Duration)
}

/// A socket on its way from the acceptor to its loop.
struct NewConnection: Sendable {
    var descriptor: Int32
    var serial: UInt64
    var tag: Int
    var address: SocketAddress
    var usesTLS: Bool
}
