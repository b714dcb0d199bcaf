import Glibc
import LarderCore

/// One event loop: everything but the handler's type, so that all of it is compiled here, once.
/// `Loop` adds the handler through the overridden methods, called once per event.
class LoopCore {
    /// Where the loop is in its life.
    enum Phase: Equatable {
        case serving
        case draining(until: Tick)
        case stopped
    }

    let configuration: RuntimeConfiguration
    let context: LoopContext
    let group: GroupState
    let statistics: LoopStatistics
    let scratch: ScratchBuffer
    var links: LinkTable
    var output: OutputBuffer
    var account: ClientAccount
    /// Where TLS sessions read and write; nil when no listener uses TLS.
    let wire: TLSWire?
    var handshakes = Handshakes()
    var phase = Phase.serving
    /// Time of the current turn, read at its first event.
    var now: Tick
    private var isTimeKnown = true
    private var nextTick: Tick
    private var hasMoreHousekeeping = false
    /// Connections with requests left over, to be called after the events that are ready.
    var runnable: [ConnectionID] = []
    /// Listeners rest until then, since no descriptor was left.
    var acceptsAgainAt: Tick?
    var sweepCursor = 0
    /// Connections to which a broadcast left something to do.
    var unsettledReceivers: [ConnectionID] = []
    /// Whether the output holds a batch that was sent to many.
    var isBroadcasting = false
    private var theBackend: Backend?

    init(_ context: LoopContext, _ group: GroupState, _ configuration: RuntimeConfiguration) {
        self.context = context
        self.group = group
        self.configuration = configuration
        statistics = context.statistics
        scratch = ScratchBuffer(capacity: configuration.readBufferBytes)
        links = LinkTable(capacity: group.maximumConnections)
        output = OutputBuffer(
            capacity: configuration.outputBufferBytes, limit: configuration.outputLimitBytes)
        account = ClientAccount(group.budget)
        wire = configuration.listeners.contains(where: \.usesTLS) ? TLSWire() : nil
        now = configuration.clock()
        nextTick = now.advanced(by: configuration.tickInterval)
    }

    var backend: Backend {
        guard let theBackend else { fatalError("A loop is prepared before it runs.") }
        return theBackend
    }

    // The handler's part.

    func handlerOpened(_ link: Link, _ peer: Peer) -> Bool { false }
    func handlerReceived(_ link: Link, _ bytes: RawSpan) -> Received { Received(consumed: 0) }
    func handlerClosed(_ link: Link, _ reason: CloseReason) {}
    func handlerTicked() -> Bool { false }
    func handlerDeliver(_ broadcaster: Broadcaster) {}
    func handlerSubscribes(_ link: Link) -> Bool { false }
    func handlerRefusal(of peer: Peer) -> StaticString { "" }

    /// Takes the backend and watches what the loop owns.
    func prepare() throws(RuntimeError) {
        let backend = BackendFactory.make(configuration.backend, for: self)
        theBackend = backend
        try backend.watch(context.mailbox.descriptor, as: .mailbox)
        guard context.index == 0 else { return }
        if let signals = group.signals { try backend.watch(signals.descriptor, as: .signals) }
        try watchListeners()
    }

    /// Turns until the loop is stopped.
    func run() {
        let backend = backend
        while phase != .stopped {
            isTimeKnown = false
            let waits = runnable.isEmpty && !hasMoreHousekeeping
            backend.turn(waits: waits)
            statistics.turns.add()
            readClock()
            if !runnable.isEmpty { runRunnable() }
            if hasMoreHousekeeping || now >= nextTick { tick() }
            if context.isDeliveryDue { deliver() }
            if case .draining(let end) = phase { continueDraining(until: end) }
        }
        backend.shutDown()
        theBackend = nil
    }

    /// Reads the clock if nobody did in this turn.
    @inline(__always) func readClock() {
        if isTimeKnown { return }
        now = configuration.clock()
        isTimeKnown = true
    }

    private func tick() {
        hasMoreHousekeeping = handlerTicked()
        guard now >= nextTick else { return }
        nextTick = now.advanced(by: configuration.tickInterval)
        sweep()
        sweepHandshakes()
        publishGreediest()
        if let again = acceptsAgainAt, now >= again { resumeAccepting() }
    }

    /// A watched descriptor is readable.
    func watched(_ token: Backend.Token) {
        readClock()
        switch token {
        case .mailbox: for message in context.mailbox.takeAll() { take(message) }
        case .signals: takeSignals()
        case .listener(let index): acceptClients(of: index)
        }
    }

    private func take(_ message: Message) {
        switch message {
        case .adopt(let new): adopt(new)
        case .close(let id, let reason):
            if let link = links.link(of: id) { close(link, reason) }
        case .resume(let id): if let link = links.link(of: id) { resume(link) }
        case .send(let id, let bytes): if let link = links.link(of: id) { push(bytes, to: link) }
        case .run(let body): body()
        case .deliver: break
        case .relieve: relieve()
        case .stop(let drain): startDraining(for: drain)
        }
    }
}
