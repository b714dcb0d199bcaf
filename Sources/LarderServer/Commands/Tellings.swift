import LarderCore
import LarderMemory
import LarderWire

/// What the commands of an EXEC cause others to be told, kept until no shard is locked any more.
struct Tellings {
    enum Kind {
        /// A command about messages, which looks at no key: it runs as a whole then.
        case command
        /// What happened to keys, for subscribers and watchers.
        case events([KeyEvent], EventNames)
        /// A command that took so long, for MONITOR and SLOWLOG.
        case timed(nanoseconds: UInt64, isWatched: Bool, isNoticeable: Bool)
    }

    /// What HELLO and SELECT change between one command and the next.
    struct Setting {
        let version: RESPVersion
        let database: Int

        init(_ connection: ClientConnection) {
            (version, database) = (connection.version, connection.database)
        }
    }

    struct Item {
        let kind: Kind
        /// As it was when the command had its turn.
        let setting: Setting
        /// The command, in the transaction's queue.
        let request: RequestQueue.Place
        /// Where the reply stands that this writes, or would have written, for the client itself.
        let position: Int
    }

    /// Whether shards are locked, so that all is kept.
    var isCollecting = false
    /// The command at hand.
    var request = RequestQueue.Place()
    private var items: [Item] = []
    /// Bytes of the events.
    private var eventBytes = 0

    var isEmpty: Bool { items.isEmpty }

    mutating func add(_ kind: Kind, of connection: ClientConnection, at position: Int) {
        items.append(
            Item(
                kind: kind, setting: Setting(connection), request: request, position: position))
    }

    /// Keeps events, unless those kept before are too many.
    ///
    /// - Returns: Whether it does.
    mutating func add(
        _ noted: [KeyEvent], _ names: EventNames, of connection: ClientConnection, at position: Int
    ) -> Bool {
        guard eventBytes < KeyEventLog.bytesMax else { return false }
        eventBytes += noted.reduce(0) { $0 + $1.byteCount }
        add(.events(noted, names), of: connection, at: position)
        return true
    }

    mutating func takeAll() -> [Item] {
        defer { (items, eventBytes) = ([], 0) }
        return items
    }
}

extension CommandLoop {
    /// Tells all that was kept, in order and in the protocol of its time, and puts what the client
    /// itself is to read where it would have been.
    ///
    /// - Parameters:
    ///   - transaction: Has the commands.
    ///   - version: The protocol before the EXEC.
    ///   - connection: As the EXEC left it, and leaves it.
    ///   - output: Has the replies of the EXEC.
    @inline(never)
    mutating func tellCollected(
        of transaction: Transaction, from version: RESPVersion,
        on connection: inout ClientConnection, into output: inout OutputBuffer
    ) {
        var told = OutputBuffer(capacity: 4096)
        var insertions: [OutputBuffer.Insertion] = []
        let last = Tellings.Setting(connection)
        // Subscriptions, and with them what others send, follow as the items are told.
        connection.version = version
        for item in tellings.takeAll() {
            setVersion(item.setting.version, of: &connection, &told)
            connection.database = item.setting.database
            switch item.kind {
            case .command:
                runQueued(item.request, of: transaction, on: &connection, into: &told)
            case .events(let noted, let names):
                tell(noted, names, on: &connection, into: &told)
            case .timed:
                note(item, of: transaction, connection)
            }
            if told.count > insertions.last?.end ?? 0 {
                insertions.append(.init(position: item.position, end: told.count))
            }
        }
        setVersion(last.version, of: &connection, &told)
        connection.database = last.database
        if told.count > insertions.last?.end ?? 0 {
            insertions.append(.init(position: output.count, end: told.count))
        }
        output.insert(insertions, of: told)
    }

    private mutating func runQueued(
        _ request: RequestQueue.Place, of transaction: Transaction,
        on connection: inout ClientConnection, into output: inout OutputBuffer
    ) {
        var place = request
        transaction.queue.withRequest(at: &place) { command, bytes, lengths, count in
            _ = queuedArguments.refill(bytes, lengthsAt: lengths, count: count)
            let call = queuedArguments.call(in: bytes)
            let traits = table.traits[Int(command.rawValue)]
            perform(command, traits, call, on: &connection, into: &output)
        }
    }

    private func note(
        _ item: Tellings.Item, of transaction: Transaction, _ connection: ClientConnection
    ) {
        guard
            case .timed(let nanoseconds, let isWatched, let isNoticeable) = item.kind
        else { return }
        var place = item.request
        transaction.queue.withRequest(at: &place) { command, bytes, lengths, count in
            _ = queuedArguments.refill(bytes, lengthsAt: lengths, count: count)
            let call = queuedArguments.call(in: bytes)
            if isWatched {
                shared.monitors.feed(command, call, connection.client, connection.database)
            }
            if isNoticeable { noteSlow(nanoseconds, command, call, connection) }
        }
    }
}

extension Command {
    /// Whether EXEC leaves it for when no shard is locked: it may take long, and needs none. The
    /// reply of PING depends on such a one.
    var isAboutMessages: Bool {
        switch self {
        case .publish, .spublish, .pubsub, .subscribe, .psubscribe, .ssubscribe, .unsubscribe,
            .punsubscribe, .sunsubscribe, .ping:
            true
        default: false
        }
    }
}
