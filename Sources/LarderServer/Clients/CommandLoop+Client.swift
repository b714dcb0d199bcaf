import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

extension CommandLoop {
    /// CLIENT.
    mutating func client(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let client = connection.client
        switch call[1].text.lowercased() {
        case "id": output.appendInteger(Int64(client.id.serial))
        case "getname":
            let name = client.name
            guard !name.isEmpty else { return output.appendNull(connection.version) }
            output.appendBulkText(name)
        case "setname":
            if setName(call[2], of: connection, &output) { output.appendSimple("OK") }
        case "setinfo": setInfo(call, client, &output)
        case "list": listClients(call, connection, &output)
        case "info": appendLines([client], call, connection, &output)
        case "help": output.appendHelp(of: "CLIENT", HelpText.client)
        default: controlClients(call, &connection, &output)
        }
    }

    /// What a client's library says about itself: redis 7.2 knows it, and clients send it to all.
    private func setInfo(
        _ call: borrowing Call, _ client: Client, _ output: inout OutputBuffer
    ) {
        guard call[3].isPlainName else {
            output.append("-ERR ")
            output.appendPrintable(call[2], max: 128)
            return output.append(" cannot contain spaces, newlines or special characters.\r\n")
        }
        guard call[3].byteCount <= Client.textBytesMax else {
            output.append("-ERR ")
            output.appendPrintable(call[2], max: 128)
            return output.appendText(" cannot be longer than \(Client.textBytesMax) bytes.\r\n")
        }
        let value = call[3].text
        if call[2].equalsIgnoringCase("lib-name") {
            client.describe { $0.libraryName = value }
        } else if call[2].equalsIgnoringCase("lib-ver") {
            client.describe { $0.libraryVersion = value }
        } else {
            output.append("-ERR Unrecognized option '")
            output.appendPrintable(call[2], max: 128)
            return output.append("'\r\n")
        }
        output.appendSimple("OK")
    }

    private func listClients(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let all = shared.clients.all
        guard call.count > 2 else { return appendLines(all, call, connection, &output) }
        if call.count == 4, call[2].equalsIgnoringCase("type") {
            guard let kind = ClientKind(call[3]) else {
                return output.appendUnknownClientType(call[3])
            }
            appendLines(all.filter { $0.kind == kind }, call, connection, &output)
        } else if call.count > 3, call[2].equalsIgnoringCase("id") {
            var wanted: Set<Int64> = []
            for index in 3..<call.count {
                guard let id = Decimal.integer(call[index]) else {
                    return output.appendError("ERR Invalid client ID")
                }
                wanted.insert(id)
            }
            let found = all.filter { wanted.contains(Int64($0.id.serial)) }
            appendLines(found, call, connection, &output)
        } else {
            output.appendSyntaxError()
        }
    }

    private func appendLines(
        _ clients: [Client], _ call: borrowing Call, _ connection: ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let request = RequestInHand(call)
        let lines = clients.map { client in
            let isSelf = client === connection.client
            return client.line(at: tick, inHand: isSelf ? request : RequestInHand()) + "\n"
        }
        let bytes = Array(lines.joined().utf8)
        unsafe output.appendVerbatim(bytes.span.bytes, format: "txt", connection.version)
    }

    /// Remembers a command that is not run now, for CLIENT LIST.
    func noteUnrun(
        _ command: Command, _ call: borrowing Call, _ connection: ClientConnection
    ) {
        let place = table.place(of: command, call)
        connection.client.lastCommand.store(place, ordering: .relaxed)
    }

    /// Remembers what a transaction came to, for CLIENT LIST and CLIENT PAUSE.
    func note(
        _ command: Command, _ call: borrowing Call, queuedIn transaction: Transaction,
        _ connection: inout ClientConnection
    ) {
        noteUnrun(command, call, connection)
        let isFirst = transaction.queue.count <= 1
        connection.queuesWrites =
            (connection.queuesWrites && !isFirst)
            || CommandCatalog.shared.traits(of: command).writes
        connection.client.note(transaction)
    }
}

/// Kinds of clients, by which LIST and KILL choose.
enum ClientKind {
    case normal, pubsub
    /// Nobody is: there is no replication.
    case master, replica

    init?(_ word: RawSpan) {
        switch word.text.lowercased() {
        case "normal": self = .normal
        case "pubsub": self = .pubsub
        case "master": self = .master
        case "replica", "slave": self = .replica
        default: return nil
        }
    }
}

extension Client {
    var kind: ClientKind { subscriptionCounts.isSubscriber ? .pubsub : .normal }
}

extension Call {
    /// Whether the subcommand is HELP.
    var isHelp: Bool { count == 2 && self[1].equalsIgnoringCase("help") }
}

extension OutputBuffer {
    mutating func appendUnknownClientType(_ word: RawSpan) {
        append("-ERR Unknown client type '")
        appendPrintable(word, max: 128)
        append("'\r\n")
    }

    /// Redis's words for too many arguments of a subcommand that takes a varying number.
    mutating func appendSubcommandSyntax(_ call: borrowing Call, _ command: StaticString) {
        append("-ERR unknown subcommand or wrong number of arguments for '")
        appendPrintable(call[1], max: 128)
        append("'. Try ")
        append(command)
        append(" HELP.\r\n")
    }
}
