import LarderCore
import LarderMemory
import LarderRuntime
import Synchronization

/// What CLIENT LIST shows of a connection. Written by its own loop, read by any.
final class Client: Sendable {
    let id: ConnectionID
    let address: String
    let localAddress: String
    let descriptor: Int32
    let connectedAt: Tick
    let isMemcached: Bool
    /// Relaxed: each is a number on its own.
    let lastActive: Atomic<UInt64>
    let lastCommand = Atomic<UInt8>(.max)
    let database = Atomic<Int>(0)
    let protocolVersion = Atomic<Int>(2)
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

    /// What clients say about themselves.
    struct Texts {
        var name = ""
        var libraryName = ""
        var libraryVersion = ""
    }

    init(_ peer: Peer, localAddress: String, isMemcached: Bool, now: Tick) {
        id = peer.id
        address = "\(peer.address)"
        self.localAddress = localAddress
        descriptor = peer.descriptor
        connectedAt = now
        self.isMemcached = isMemcached
        lastActive = Atomic(now.nanoseconds)
    }

    var name: String {
        get { texts.withLock { $0.name } }
        set { texts.withLock { $0.name = newValue } }
    }

    func describe(_ change: (inout Texts) -> Void) {
        texts.withLock { change(&$0) }
    }

    /// The line of CLIENT LIST.
    func line(at now: Tick) -> String {
        let texts = texts.withLock { $0 }
        let age = (now.nanoseconds &- connectedAt.nanoseconds) / 1_000_000_000
        let active = lastActive.load(ordering: .relaxed)
        let idle = now.nanoseconds > active ? (now.nanoseconds - active) / 1_000_000_000 : 0
        let command = Command(rawValue: lastCommand.load(ordering: .relaxed))
        let commandName = command.map { "\($0.specification.name)" } ?? "NULL"
        return "id=\(id.serial) addr=\(address) laddr=\(localAddress) fd=\(descriptor)"
            + " name=\(texts.name) age=\(age) idle=\(idle)"
            + " flags=\(subscriptionCounts.isSubscriber ? "P" : "N")"
            + " db=\(database.load(ordering: .relaxed)) \(subscriptionCounts.line) multi=-1 qbuf=0"
            + " qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0"
            + " events=r cmd=\(commandName) user=default redir=-1"
            + " resp=\(protocolVersion.load(ordering: .relaxed))"
            + " lib-name=\(texts.libraryName) lib-ver=\(texts.libraryVersion)"
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
