import LarderCore
import LarderRuntime
import LarderWire
import Synchronization

extension CommandLoop {
    /// SUBSCRIBE, PSUBSCRIBE and SSUBSCRIBE.
    mutating func subscribe(
        _ call: borrowing Call, _ kind: TopicKind, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        // Redis takes the other two between MULTI and EXEC, for old programs.
        guard kind != .shard || !isInTransaction else {
            return output.appendError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client")
        }
        for index in 1..<call.count {
            let name = TopicName(call[index].bytes)
            subscribe(to: name, kind, &connection, &output)
            let count = connection.subscriptions?.countTold(kind) ?? 0
            output.appendSubscription(kind.subscribed, name, count, connection.version)
        }
        noteSubscriptions(of: &connection)
    }

    private mutating func subscribe(
        to name: TopicName, _ kind: TopicKind, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let subscriptions = connection.subscriptions ?? Subscriptions()
        guard !subscriptions.contains(kind, name) else { return }
        let id = connection.client.id
        let receiver = Receiver(id: id, version: connection.version)
        let last = shared.pubsub.subscribe(receiver, kind, name)
        if connection.subscriptions == nil {
            connection.subscriptions = subscriptions
            queue.setSeen(id, last)
        } else {
            catchUp(&connection, through: last, &output)
        }
        subscriptions.insert(kind, name)
    }

    /// UNSUBSCRIBE, PUNSUBSCRIBE and SUNSUBSCRIBE.
    mutating func unsubscribe(
        _ call: borrowing Call, _ kind: TopicKind, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        var names = connection.subscriptions?.all(kind) ?? []
        if call.count > 1 {
            names = (1..<call.count).map { TopicName(call[$0].bytes) }
        } else if names.isEmpty {
            let count = connection.subscriptions?.countTold(kind) ?? 0
            output.appendSubscription(kind.unsubscribed, nil, count, connection.version)
        }
        for name in names {
            unsubscribe(from: name, kind, &connection, &output)
            let count = connection.subscriptions?.countTold(kind) ?? 0
            output.appendSubscription(kind.unsubscribed, name, count, connection.version)
        }
        noteSubscriptions(of: &connection)
    }

    private mutating func unsubscribe(
        from name: TopicName, _ kind: TopicKind, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard let subscriptions = connection.subscriptions, subscriptions.contains(kind, name)
        else { return }
        let last = shared.pubsub.unsubscribe(connection.client.id, kind, name)
        catchUp(&connection, through: last, &output)
        subscriptions.remove(kind, name)
    }

    /// Ends all subscriptions of a connection without a word; what was published before is written.
    mutating func unsubscribeAll(
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let subscriptions = connection.subscriptions else { return }
        for kind in TopicKind.allCases {
            for name in subscriptions.all(kind) {
                unsubscribe(from: name, kind, &connection, &output)
            }
        }
        noteSubscriptions(of: &connection)
    }

    /// The connection is over.
    func forgetSubscriptions(of connection: ClientConnection) {
        guard let subscriptions = connection.subscriptions else { return }
        for kind in TopicKind.allCases {
            for name in subscriptions.all(kind) {
                _ = shared.pubsub.unsubscribe(connection.client.id, kind, name)
            }
        }
    }

    /// Changes the protocol, in which later messages are sent too. Within EXEC those follow when
    /// what comes before is told.
    mutating func setVersion(
        _ version: RESPVersion, of connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        if let subscriptions = connection.subscriptions, version != connection.version,
            !tellings.isCollecting
        {
            var last: UInt64 = 0
            for kind in TopicKind.allCases {
                for name in subscriptions.all(kind) {
                    last = shared.pubsub.setVersion(version, of: connection.client.id, kind, name)
                }
            }
            if connection.gate.isDisjoint(with: .silent) {
                catchUp(&connection, through: last, &output)
            }
        }
        connection.version = version
        connection.client.protocolVersion.store(Int(version.rawValue), ordering: .relaxed)
        noteSubscriptions(of: &connection)
    }

    /// Puts into effect what the connection has subscribed to now.
    func noteSubscriptions(of connection: inout ClientConnection) {
        if connection.subscriptions?.isEmpty == true { connection.subscriptions = nil }
        let subscriptions = connection.subscriptions
        connection.isRestricted = subscriptions != nil && connection.version == .v2
        let told = connection.client.subscriptionCounts
        told.channels.store(subscriptions?.count(.channel) ?? 0, ordering: .relaxed)
        told.patterns.store(subscriptions?.count(.pattern) ?? 0, ordering: .relaxed)
        told.shards.store(subscriptions?.count(.shard) ?? 0, ordering: .relaxed)
    }

    /// What a RESP2 connection is told that has subscribed, and asks for something else.
    @inline(never)
    mutating func refuseRestricted(
        _ command: Command, _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        reject(table.place(of: command, call), "ERR")
        connection.transaction?.abort()
        let name = CommandTable.shared.fullName(of: command, call)
        let reason =
            "Can't execute '\(name)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
            + "are allowed in this context"
        if command == .exec {
            return abortTransaction(of: &connection, call, because: reason, &output)
        }
        output.appendErrorText("ERR \(reason)")
    }
}

extension Command {
    /// What a RESP2 connection may say that has subscribed.
    var runsSubscribed: Bool {
        switch self {
        case .subscribe, .psubscribe, .ssubscribe, .unsubscribe, .punsubscribe, .sunsubscribe,
            .ping, .quit, .reset:
            true
        default: false
        }
    }
}

extension TopicKind {
    fileprivate var subscribed: StaticString {
        switch self {
        case .channel: "subscribe"
        case .pattern: "psubscribe"
        case .shard: "ssubscribe"
        }
    }

    fileprivate var unsubscribed: StaticString {
        switch self {
        case .channel: "unsubscribe"
        case .pattern: "punsubscribe"
        case .shard: "sunsubscribe"
        }
    }
}

extension OutputBuffer {
    /// Confirms a subscription or its end.
    fileprivate mutating func appendSubscription(
        _ word: StaticString, _ name: TopicName?, _ count: Int, _ version: RESPVersion
    ) {
        appendPushHeader(3, version)
        appendBulk(word)
        if let bytes = name?.bytes {
            unsafe appendBulk(bytes.span.bytes)
        } else {
            appendNull(version)
        }
        appendInteger(Int64(count))
    }
}
