import LarderCore
import LarderMemory
import LarderRuntime
import Synchronization

/// What CLIENT LIST shows of a connection. Written by its own loop, read by any.
final class Client: Sendable {
    let id: ConnectionID
    let address: String
    let localAddress: String
    /// Whom failed logins are counted for.
    let network: NetworkAddress
    let descriptor: Int32
    let connectedAt: Tick
    let isMemcached: Bool
    let isLocalSocket: Bool
    /// Relaxed: each is a number on its own.
    let lastActive: Atomic<UInt64>
    /// Place in `CommandTable.names`; -1 before the first.
    let lastCommand = Atomic<Int>(-1)
    let database = Atomic<Int>(0)
    let protocolVersion = Atomic<Int>(2)
    /// Commands queued since MULTI, and their bytes; -1 without one.
    let queued = Atomic<Int>(-1)
    let queuedBytes = Atomic<Int>(0)
    /// Whether a command of it waits for the end of CLIENT PAUSE.
    let isPostponed = Atomic<Bool>(false)
    let gauge: ConnectionGauge?
    let subscriptionCounts = SubscriptionCounts()
    private let texts = Guarded(Texts())

    /// Relaxed: each is a number on its own.
    final class SubscriptionCounts: Sendable {
        let channels = Atomic<Int>(0)
        let patterns = Atomic<Int>(0)
        let shards = Atomic<Int>(0)

        var isSubscriber: Bool {
            channels.load(ordering: .relaxed) > 0 || patterns.load(ordering: .relaxed) > 0
                || shards.load(ordering: .relaxed) > 0
        }

        /// As CLIENT LIST shows them.
        var line: String {
            "sub=\(channels.load(ordering: .relaxed))"
                + " psub=\(patterns.load(ordering: .relaxed))"
                + " ssub=\(shards.load(ordering: .relaxed))"
        }
    }

    /// What clients say about themselves, and who they are.
    struct Texts {
        var name = ""
        var libraryName = ""
        var libraryVersion = ""
        var userName = "default"
    }

    /// Most bytes of each thing that a client says about itself. Redis has no bound; what is kept
    /// here counts for nobody's budget.
    static let textBytesMax = 4096

    init(_ peer: Peer, isMemcached: Bool, now: Tick) {
        id = peer.id
        let local = "\(peer.localAddress)"
        isLocalSocket = local.hasPrefix("unix:")
        // Who comes through a socket file has no address but that.
        localAddress = isLocalSocket ? "\(local.dropFirst(5)):0" : local
        address = isLocalSocket ? localAddress : "\(peer.address)"
        network = NetworkAddress(peer.address)
        descriptor = peer.descriptor
        connectedAt = now
        self.isMemcached = isMemcached
        lastActive = Atomic(now.nanoseconds)
        gauge = peer.gauge
    }

    var name: String {
        get { texts.withLock { $0.name } }
        set { texts.withLock { $0.name = newValue } }
    }

    var userName: String {
        get { texts.withLock { $0.userName } }
        set { texts.withLock { $0.userName = newValue } }
    }

    func describe(_ change: (inout Texts) -> Void) {
        texts.withLock { change(&$0) }
    }

    /// Everything that it says about itself, at one time.
    var described: Texts { texts.withLock { $0 } }

    /// Notes how long a transaction is by now; nil: there is none.
    func note(_ transaction: Transaction?) {
        queued.store(transaction?.queue.count ?? -1, ordering: .relaxed)
        queuedBytes.store(transaction?.heldBytes ?? 0, ordering: .relaxed)
    }
}

/// The clients of all loops, for CLIENT LIST and INFO.
final class ClientRegistry: Sendable {
    private let clients = Guarded<[UInt64: Client]>([:])

    func add(_ client: Client) {
        clients.withLock { $0[client.id.serial] = client }
    }

    func remove(_ client: Client) {
        clients.withLock { $0[client.id.serial] = nil }
    }

    var count: Int { clients.withLock { $0.count } }

    /// All clients, the oldest first.
    var all: [Client] {
        clients.withLock { Array($0.values) }.sorted { $0.id.serial < $1.id.serial }
    }
}
