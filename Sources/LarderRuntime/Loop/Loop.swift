import LarderCore

/// A loop with its handler, and the handler's state of each connection.
///
/// The whole event is handled in `LoopCore`; what is generic here is one call each way.
final class Loop<Handler: ConnectionHandler>: LoopCore {
    let handler: Handler
    private var connections: StateTable<Handler.Connection>

    init(
        _ context: LoopContext, _ group: GroupState, _ configuration: RuntimeConfiguration,
        _ handler: Handler
    ) {
        self.handler = handler
        connections = StateTable(capacity: group.maximumConnections)
        super.init(context, group, configuration)
    }

    override func handlerOpened(_ link: Link, _ peer: Peer) -> Bool {
        var peer = peer
        peer.gauge = ConnectionGauge()
        guard let connection = handler.opened(peer, into: &output) else { return false }
        link.state.gauge = peer.gauge
        connections.insert(connection, at: Int(link.state.slot))
        link.state.flags.insert(.opened)
        return true
    }

    override func handlerReceived(_ link: Link, _ bytes: RawSpan) -> Received {
        handler.received(
            bytes, on: &connections[Int(link.state.slot)], into: &output, at: now)
    }

    override func handlerClosed(_ link: Link, _ reason: CloseReason) {
        guard link.state.flags.contains(.opened) else { return }
        link.state.flags.remove(.opened)
        handler.closed(connections.remove(at: Int(link.state.slot)), reason: reason)
    }

    override func handlerTicked() -> Bool { handler.ticked(at: now) }

    override func handlerDeliver(_ broadcaster: Broadcaster) {
        handler.deliver(through: broadcaster)
    }

    override func handlerSubscribes(_ link: Link) -> Bool {
        guard link.state.flags.contains(.opened) else { return false }
        return handler.subscribes(connections[Int(link.state.slot)])
    }

    override func handlerRefusal(of peer: Peer) -> StaticString { handler.refusal(of: peer) }
}
