import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderResilience
import LarderRuntime

/// Leases of a server's clients: who computes the value of a key, and who waits for it.
final class Leases: Sendable {
    typealias Desk = LeaseDesk<StoreLeaseMemory, LeasePost>

    /// How long a lease lasts at most, and how long a client waits, where no namespace says it.
    static let standard = (lease: UInt64(30_000), wait: UInt64(5_000))

    let desk: Desk
    private let post: LeasePost
    private let events: KeyEventLog

    init(
        _ namespaces: [NamespaceConfiguration], store: ByteStore, traffic: Traffic, loopCount: Int
    ) throws(ServerFailure) {
        events = store.events
        post = LeasePost(loopCount: loopCount, traffic: traffic)
        var bounds = Desk.Table.Bounds()
        for namespace in namespaces { bounds.longest = max(bounds.longest, namespace.lease) }
        bounds.longest = min(bounds.longest, .seconds(86_400))
        do {
            desk = try Desk(
                bounds, memory: StoreLeaseMemory(store: store), observer: post,
                seed: .random(in: 0 ... .max))
        } catch {
            throw ServerFailure(description: "leases: \(error)")
        }
    }

    /// Asks for the lease of a key, for a connection that waits for nothing yet.
    func acquire(
        _ key: Key, for waiter: LoadWaiter, milliseconds: UInt64, until deadline: Tick, at now: Tick
    ) -> Desk.Answer {
        let duration = Duration.milliseconds(milliseconds)
        guard now < deadline else {
            return desk.acquire(key, for: waiter, duration: duration, waiting: nil)
        }
        post.begin(waiter)
        let wait = Duration.nanoseconds(Int64(clamping: deadline.nanoseconds - now.nanoseconds))
        let answer = desk.acquire(key, for: waiter, duration: duration, waiting: wait)
        if case .waits = answer { return answer }
        _ = post.end(waiter.id)
        return answer
    }

    /// Takes what has come for a connection that waits.
    func receive(_ wait: ConnectionWait, _ id: ConnectionID) {
        guard wait.lease?.isWaiting == true, let letter = post.take(for: id) else { return }
        wait.lease?.letter = letter
    }

    /// The connection does not wait any more, or has no use for what has come.
    func abandon(_ wait: ConnectionWait, _ id: ConnectionID) {
        guard let lease = wait.lease else { return }
        wait.lease = nil
        desk.cancel(lease.waiter)
        if case .granted(let token)? = lease.letter ?? post.end(id) {
            desk.giveUp(lease.key, by: token)
        }
    }

    /// Bytes for those who wait, about.
    var waiterBytes: Int { desk.counts.waiterBytes + post.heldBytes }

    /// The connection is gone, and so is who would have loaded what it holds the leases of.
    func end(_ held: HeldLeases) {
        for (key, token) in held.tokens { desk.giveUp(key, by: token) }
    }

    /// Looks after the keys that have changed since. Not while a shard is locked.
    func reviewChanges() {
        guard events.hasChanges else { return }
        desk.review(events.takeChanges())
    }
}

/// What a connection waits for that wants a lease.
struct LeaseWait {
    let key: Key
    let waiter: Leases.Desk.Table.WaiterID
    /// When it has waited long enough.
    let deadline: Tick
    /// What has come.
    var letter: LeasePost.Letter?

    var isWaiting: Bool { letter == nil }
}

/// The leases that a connection was given, which it gives back when it is cut.
final class HeldLeases {
    private(set) var tokens: [Key: UInt64] = [:]
    private var sweepAt = 64

    /// Bytes of memory held for them, about.
    var heldBytes: Int { tokens.capacity * (MemoryLayout<Key>.stride + 8) + keyBytes }
    private var keyBytes = 0

    /// Adds one, and forgets those that are over when there are many.
    func add(_ key: Key, _ token: UInt64, _ desk: Leases.Desk) {
        if tokens.updateValue(token, forKey: key) == nil { keyBytes += key.bytes.count + 32 }
        guard tokens.count >= sweepAt else { return }
        for (key, token) in tokens where !desk.isHeld(key, by: token) { remove(key, token) }
        sweepAt = max(64, 2 * tokens.count)
    }

    func remove(_ key: Key, _ token: UInt64) {
        guard tokens[key] == token else { return }
        tokens[key] = nil
        keyBytes -= key.bytes.count + 32
    }
}
