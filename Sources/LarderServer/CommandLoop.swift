import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

/// Reads requests and runs them: the part of the server that belongs to one loop.
struct CommandLoop: ~Copyable {
    let shared: ServerShared
    var store: ByteStore
    /// Where writes are tried out whose origin is asked first; made when one is.
    var scratch: ByteStore?
    /// The shard, in the real store, of the key whose version is shown or compared there.
    var rehearsedShard: Int?
    let context: LoopContext
    let counters: CommandCounters
    let events: KeyEventLog
    /// The namespaces of the batch at hand; nil while there have been none.
    private(set) var reads: ReadThrough?
    /// Who looks at entries that came from there; nil as well.
    private(set) var readers: LoadedReaders?
    /// The first of them, which a GET hands on: from here it is not counted as a reference.
    private(set) var staleReader: LoadedReader?
    private var namespaceVersion: UInt32 = 0
    let table = CommandTable.shared
    let arguments = ArgumentBox()
    let ahead = ArgumentRing()
    /// Those of the request of a transaction that is being run.
    let queuedArguments = ArgumentBox()
    /// Transactions that are over, for the next ones.
    var spareTransactions: [Transaction] = []
    var limits = RequestLimits()
    var lineLimits = MemcachedLimits()
    var random = SystemRandomNumberGenerator()
    /// Values of the command at hand that were streamed into the store.
    var streamed = StreamedValues()
    /// Monotonic time of the batch at hand.
    var now = Moment(milliseconds: 0)
    var tick = Tick(nanoseconds: 0)
    /// Whether the commands behind the one at hand must be parsed anew: it has changed who the
    /// client is, or begun a pause.
    var breaksAhead = false
    /// Whether clients are paused; looked at once per batch.
    var isPaused = false
    /// Messages for the subscribers of this loop that were not sent yet.
    var queue = DeliveryQueue()
    /// The loops for which something was published in this batch, one bit each.
    var published: UInt64 = 0
    /// Whether EXEC runs what was queued.
    var isInTransaction = false
    /// What is to be told when it has.
    var tellings = Tellings()
    /// Socket of the connection at hand, by which memcached's watchers know it.
    var descriptor: Int32 = -1
    /// Hashes of the keys of the command at hand.
    var hashes: [UInt64] = []
    /// What the command at hand needs loaded, and what those behind it will.
    var wanted: [Wanted] = []
    var timing = CommandTiming(seed: .random(in: 0 ... .max))

    /// Spare transactions have about two kilobytes each.
    static var spareTransactionMax: Int { 64 }

    init(_ shared: ServerShared, context: LoopContext) {
        self.shared = shared
        store = shared.store
        events = shared.store.events
        self.context = context
        counters = shared.counters[context.index]
        limits.largeArgumentBytesMin = 64 << 10
        lineLimits.valueBytesMax = shared.valueMax
        lineLimits.largeValueBytesMin = 64 << 10
    }

    /// Looks whether a reload has brought other namespaces: once for a batch.
    @inline(__always)
    mutating func followNamespaces() {
        let version = shared.namespaces.version
        if version != namespaceVersion { follow(version) }
    }

    @inline(never)
    private mutating func follow(_ version: UInt32) {
        // If they change again in between, the next batch sees another version.
        namespaceVersion = version
        reads = shared.namespaces.current
        readers = reads.map(LoadedReaders.init)
        staleReader = readers?.stale
    }

    /// Runs all whole requests in `bytes`.
    mutating func serve(
        _ bytes: RawSpan, on connection: inout ClientConnection,
        into output: inout OutputBuffer, at tick: Tick
    ) -> Received {
        self.tick = tick
        now = Moment(tick)
        // The list may hold part of another connection's request.
        arguments.removeAll()
        connection.client.lastActive.store(tick.nanoseconds, ordering: .relaxed)
        isPaused = shared.pause.isOn
        timing.follow(shared.timing)
        followNamespaces()
        do throws(ProtocolFailure) {
            var received = try serveRequests(bytes, on: &connection, into: &output)
            received.heldBytes = connection.heldBytes
            return received
        } catch {
            shared.errors.count("ERR")
            error.append(to: &output)
            return Received(consumed: bytes.byteCount, next: .closeAfterFlush)
        }
    }

    private mutating func serveRequests(
        _ bytes: RawSpan, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) throws(ProtocolFailure) -> Received {
        var position = 0
        if let ingest = connection.ingest {
            if isPaused, postpones(ingest, connection) {
                return Received(consumed: 0, next: .postpone)
            }
            let step = try resume(ingest, bytes, on: &connection, into: &output)
            position = step.consumed
            guard step.isDone else { return Received(consumed: position) }
            connection.ingest = nil
        }
        while position < bytes.byteCount {
            if mayLookAhead(connection, bytes.byteCount - position),
                case let end = runAhead(bytes, from: position, on: &connection, into: &output),
                end > position || connection.isWaiting
            {
                position = end
            } else if let received = try serveNext(bytes, &position, on: &connection, into: &output)
            {
                return received
            }
            if let received = pause(at: position, of: bytes, connection, output) {
                return received
            }
        }
        return Received(consumed: position)
    }

    /// Runs the request at `position`, and moves that behind it; or says what is missing of it.
    // Never inlined: the optimiser of Swift 6.3.1 aborts when it is.
    @inline(never)
    private mutating func serveNext(
        _ bytes: RawSpan, _ position: inout Int, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) throws(ProtocolFailure) -> Received? {
        let limits = connection.isAuthenticated ? limits : .unauthenticated
        let step = try arguments.parse(&connection.requests, bytes, from: position, limits: limits)
        switch step {
        case .request(let end):
            if isPaused, postpones(arguments.call(in: bytes), connection) {
                return Received(consumed: position, next: .postpone)
            }
            run(arguments.call(in: bytes), on: &connection, into: &output)
            // What waits is run again.
            if connection.isWaiting { startLoads(&connection) } else { position = end }
        case .inlineRequest(let end):
            if isPaused, postpones(arguments.inlineCall(in: bytes), connection) {
                return Received(consumed: position, next: .postpone)
            }
            run(arguments.inlineCall(in: bytes), on: &connection, into: &output)
            if connection.isWaiting { startLoads(&connection) } else { position = end }
        case .empty(let end):
            position = end
        case .needMore(let atLeast):
            return wait(for: atLeast, from: position, of: bytes)
        case .largeArgument(let index, let length, let offset):
            return try beginLarge(
                bytes, from: position, index: index, length: length, offset: offset,
                on: &connection, into: &output)
        }
        return nil
    }

    /// Refuses the large argument at `index`, or takes its first bytes from `offset` on.
    @inline(never)
    private mutating func beginLarge(
        _ bytes: RawSpan, from position: Int, index: Int, length: Int, offset: Int,
        on connection: inout ClientConnection, into output: inout OutputBuffer
    ) throws(ProtocolFailure) -> Received {
        guard length <= shared.valueMax else {
            refuse(length, &output)
            return Received(consumed: bytes.byteCount, next: .closeAfterFlush)
        }
        // What MULTI queues is kept whole until EXEC.
        if connection.transaction == nil {
            connection.ingest = try makeIngest(
                bytes, from: position, index: index, length: length, offset: offset,
                on: &connection)
        }
        guard let ingest = connection.ingest else {
            return wait(for: offset + length + 2 - position, from: position, of: bytes)
        }
        let rest = bytes.extracting(offset..<bytes.byteCount)
        return Received(consumed: offset + ingest.feed(rest))
    }

    private func mayLookAhead(_ connection: ClientConnection, _ byteCount: Int) -> Bool {
        byteCount >= Self.aheadBytesMin && connection.isAuthenticated
            && !connection.requests.isInsideRequest && !isPaused
    }

    /// What to tell the runtime when the rest of `bytes` has to wait; `nil` to go on.
    func pause(
        at position: Int, of bytes: RawSpan, _ connection: ClientConnection,
        _ output: borrowing OutputBuffer
    ) -> Received? {
        if connection.isClosing { return Received(consumed: position, next: .closeAfterFlush) }
        if connection.isHeld || connection.isWaiting {
            return Received(consumed: position, next: .pause)
        }
        guard output.isFull, position < bytes.byteCount else { return nil }
        return Received(consumed: position, next: .yield)
    }

    func wait(for byteCount: Int, from position: Int, of bytes: RawSpan) -> Received {
        // The runtime's buffer grows by doubling; only what is far away is worth a hint.
        let isFar = byteCount > 2 * (bytes.byteCount - position)
        return Received(consumed: position, next: isFar ? .needBytes(byteCount) : .keepOpen)
    }

    private func refuse(_ length: Int, _ output: inout OutputBuffer) {
        output.appendErrorText(
            "ERR value of \(length) bytes is too large; memory.max-value is \(shared.valueMax)")
    }
}
