import CSocket
import Glibc
import LarderCore

/// Event loops, a thread each, that serve the clients of some listeners.
///
/// `init` binds, so that errors come before anything runs; `run` serves until `stop` or a signal.
public final class LoopGroup<Handler: ConnectionHandler>: Sendable {
    /// The listeners' addresses, in order of configuration; a port 0 is resolved.
    public let addresses: [SocketAddress]
    /// What was asked for and could not be had, a line each. To be logged.
    public let warnings: [String]
    /// One per loop.
    public let contexts: [LoopContext]
    private let state: GroupState
    private let configuration: RuntimeConfiguration
    private let makeHandler: @Sendable (LoopContext) -> Handler
    private let threads = Guarded<[LoopThread]>([])

    /// Binds all listeners. `makeHandler` is called once per loop, on its thread.
    ///
    /// With `drainOnSignal` it blocks the signals in the calling thread: call it before other
    /// threads start.
    public init(
        _ configuration: RuntimeConfiguration,
        makeHandler: @escaping @Sendable (LoopContext) -> Handler
    ) throws(RuntimeError) {
        try configuration.validate()
        self.configuration = configuration
        self.makeHandler = makeHandler
        var contexts: [LoopContext] = []
        for index in 0..<configuration.loopCount {
            contexts.append(
                try LoopContext(
                    index: index, loopCount: configuration.loopCount,
                    mailboxLimit: configuration.mailboxLimit))
        }
        self.contexts = contexts
        let room = DescriptorLimit.makeRoom(for: configuration.maximumConnections)
        warnings = Self.warnings(wanted: configuration.maximumConnections, room: room)
        let signals = configuration.drainOnSignal == nil ? nil : try Signals()
        let listeners = try Self.bind(configuration.listeners)
        addresses = listeners.map(\.address)
        state = GroupState(
            contexts: contexts, listeners: listeners, signals: signals,
            maximumConnections: min(room, configuration.maximumConnections),
            clientMemoryLimit: configuration.clientMemoryLimit)
    }

    /// Clients allowed at a time: less than configured when the system gives fewer descriptors.
    public var maximumConnections: Int { state.maximumConnections }

    /// Clients now.
    public var connections: Int { state.connections }

    /// Memory that the clients hold: partial requests and copied output. Late by 64 KiB per loop.
    public var clientMemory: Int { state.budget.usedBytes }

    /// Starts the threads, and returns when all loops serve.
    public func start() throws(RuntimeError) {
        var started: [LoopThread] = []
        for context in contexts {
            let makeLoop = loopMaker(context)
            started.append(
                try LoopThread(name: "larder-loop-\(context.index)") { ready throws(RuntimeError) in
                    let loop = makeLoop()
                    try loop.prepare()
                    ready()
                    loop.run()
                })
        }
        threads.withLock { $0 = started }
        for thread in started { try thread.waitUntilReady() }
    }

    /// Asks all loops to end: nobody is accepted, what was received is answered, output is sent for
    /// at most `drain`. Returns at once.
    public func stop(drain: Duration) {
        for context in contexts { context.stop(drain: drain) }
    }

    /// Waits until all loops have ended.
    public func wait() {
        let running = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in running { thread.join() }
    }

    /// Serves until `stop` or a signal.
    public func run() throws(RuntimeError) {
        try start()
        wait()
    }

    private func loopMaker(_ context: LoopContext) -> @Sendable () -> LoopCore {
        { [self] in Loop(context, state, configuration, makeHandler(context)) }
    }

    private static func bind(
        _ configurations: [ListenerConfiguration]
    ) throws(RuntimeError) -> [BoundListener] {
        var bound: [BoundListener] = []
        for configuration in configurations {
            do {
                let (descriptor, address) = try Sockets.listen(configuration)
                bound.append(
                    BoundListener(
                        descriptor: descriptor, address: address, configuration: configuration))
            } catch {
                for listener in bound { listener.close() }
                throw error
            }
        }
        return bound
    }

    private static func warnings(wanted: Int, room: Int) -> [String] {
        guard room < wanted else { return [] }
        return [
            """
            at most \(room) clients can connect, not \(wanted): the system allows no more open \
            files (raise 'ulimit -n' to \(wanted + DescriptorLimit.reserved))
            """
        ]
    }
}
