import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

/// The server's end of a loop: hands bytes to the dialect of their connection.
///
/// Safety: the state lies in a block of its own, so that no access to it is checked at run time for
/// exclusivity; all calls come from the one thread of the loop, none from within another.
@safe final class ServerHandler: ConnectionHandler {
    private let state: UnsafeMutablePointer<CommandLoop>
    private let shared: ServerShared

    init(_ shared: ServerShared, context: LoopContext) {
        self.shared = shared
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: CommandLoop(shared, context: context))
    }

    deinit {
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    func opened(_ peer: Peer, into output: inout OutputBuffer) -> ClientConnection? {
        let dialect = ClientConnection.Dialect(rawValue: peer.tag) ?? .resp
        let client = Client(
            peer, isMemcached: dialect == .memcached, now: MonotonicClock.now())
        shared.clients.add(client)
        shared.noteConnection(client)
        var connection = ClientConnection(
            dialect: dialect, user: shared.users.current.standard, client: client)
        connection.enterIfOpen()
        if let name = peer.certificateName { enter(&connection, by: name) }
        return connection
    }

    /// Lets in whom a client certificate names.
    private func enter(_ connection: inout ClientConnection, by certificate: String) {
        while let user = shared.users.current.user(certificate: certificate) {
            connection.enter(as: user)
            // A change of the users meanwhile did not find this connection under their name.
            guard user.isReplaced.load(ordering: .relaxed) else { return }
        }
        connection.user = shared.users.current.standard
        connection.enterIfOpen()
    }

    func received(
        _ bytes: RawSpan, on connection: inout ClientConnection,
        into output: inout OutputBuffer, at now: Tick
    ) -> Received {
        if connection.subscriptions != nil { unsafe state.pointee.catchUp(&connection, &output) }
        connection.isHeld = false
        if connection.isWaiting {
            guard hasAll(&connection) else { return Received(consumed: 0, next: .pause) }
        }
        let received =
            switch connection.dialect {
            case .resp:
                unsafe state.pointee.serve(bytes, on: &connection, into: &output, at: now)
            case .memcached:
                unsafe state.pointee.serveMemcached(bytes, on: &connection, into: &output, at: now)
            }
        if unsafe state.pointee.published != 0 { unsafe state.pointee.announce() }
        if let wait = connection.wait, !connection.isWaiting, wait.write == nil {
            shared.leases.abandon(wait, connection.client.id)
            shared.namespaces.post.end(connection.client.id)
            connection.wait = nil
        }
        return received
    }

    /// Whether all has come that the connection waits for.
    private func hasAll(_ connection: inout ClientConnection) -> Bool {
        if let wait = connection.wait {
            wait.receive(shared.namespaces.post.take(for: connection.client.id))
            shared.leases.receive(wait, connection.client.id)
            connection.isWaiting = wait.isWaiting
        } else {
            connection.isWaiting = false
        }
        return !connection.isWaiting
    }

    func deliver(through broadcaster: Broadcaster) {
        unsafe state.pointee.deliver(through: broadcaster)
    }

    func subscribes(_ connection: borrowing ClientConnection) -> Bool {
        connection.subscriptions != nil
    }

    func closed(_ connection: ClientConnection, reason: CloseReason) {
        if let watch = connection.watch { shared.store.endWatch(watch) }
        unsafe state.pointee.forgetSubscriptions(of: connection)
        if let wait = connection.wait {
            shared.namespaces.end(wait, connection.client.id)
            shared.leases.abandon(wait, connection.client.id)
        }
        if let leases = connection.leases { shared.leases.end(leases) }
        shared.clients.remove(connection.client)
        if connection.client.isPostponed.load(ordering: .relaxed) {
            shared.pause.forget(connection.client)
        }
        if connection.isWatcher { shared.removeWatcher(connection.client.id) }
        shared.noteConnection(connection.client, leftBy: reason)
        shared.endMonitoring(connection.client.id)
    }

    func ticked(at now: Tick) -> Bool {
        let isMore = unsafe state.pointee.keepHouse(at: now)
        if unsafe state.pointee.published != 0 { unsafe state.pointee.announce() }
        return isMore
    }

    func refusal(of peer: Peer) -> StaticString {
        peer.tag == ClientConnection.Dialect.memcached.rawValue
            ? "ERROR Too many open connections\r\n" : "-ERR max number of clients reached\r\n"
    }
}
