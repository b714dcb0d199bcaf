import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

extension CommandLoop {
    func client(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let client = connection.client
        if call[1].equalsIgnoringCase("id") {
            guard call.count == 2 else { return output.appendWrongArity("client|id") }
            output.appendInteger(Int64(client.id.serial))
        } else if call[1].equalsIgnoringCase("getname") {
            guard call.count == 2 else { return output.appendWrongArity("client|getname") }
            let name = client.name
            guard !name.isEmpty else { return output.appendNull(connection.version) }
            output.appendBulkText(name)
        } else if call[1].equalsIgnoringCase("setname") {
            guard call.count == 3 else { return output.appendWrongArity("client|setname") }
            if setName(call[2], of: connection, &output) { output.appendSimple("OK") }
        } else if call[1].equalsIgnoringCase("setinfo") {
            setInfo(call, client, &output)
        } else if call[1].equalsIgnoringCase("list") {
            listClients(call, connection, &output)
        } else if call[1].equalsIgnoringCase("info") {
            guard call.count == 2 else { return output.appendWrongArity("client|info") }
            appendLines([client], connection, &output)
        } else if call.isHelp {
            output.appendHelp(
                "CLIENT",
                [
                    "GETNAME", "ID", "INFO", "LIST [TYPE <type>|ID <id> ...]",
                    "SETINFO <LIB-NAME|LIB-VER> <value>", "SETNAME <name>",
                ])
        } else {
            output.appendUnknownSubcommand(call, "CLIENT")
        }
    }

    /// What a client's library says about itself: redis 7.2 knows it, and clients send it to all.
    private func setInfo(
        _ call: borrowing Call, _ client: Client, _ output: inout OutputBuffer
    ) {
        guard call.count == 4 else { return output.appendWrongArity("client|setinfo") }
        guard call[3].isPlainName else {
            output.append("-ERR ")
            output.appendPrintable(call[2], max: 128)
            return output.append(" cannot contain spaces, newlines or special characters.\r\n")
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
        guard call.count > 2 else { return appendLines(all, connection, &output) }
        if call.count == 4, call[2].equalsIgnoringCase("type") {
            let kinds = ["normal", "master", "replica", "slave", "pubsub"]
            guard kinds.contains(call[3].text.lowercased()) else {
                output.append("-ERR Unknown client type '")
                output.appendPrintable(call[3], max: 128)
                return output.append("'\r\n")
            }
            let isNormal = call[3].equalsIgnoringCase("normal")
            let wantsSubscribers = call[3].equalsIgnoringCase("pubsub")
            let found = all.filter {
                $0.subscriptionCounts.isSubscriber ? wantsSubscribers : isNormal
            }
            appendLines(found, connection, &output)
        } else if call.count > 3, call[2].equalsIgnoringCase("id") {
            var wanted: Set<Int64> = []
            for index in 3..<call.count {
                guard let id = Decimal.integer(call[index]), id > 0 else {
                    return output.appendError("ERR Invalid client ID")
                }
                wanted.insert(id)
            }
            let found = all.filter { wanted.contains(Int64($0.id.serial)) }
            appendLines(found, connection, &output)
        } else {
            output.appendSyntaxError()
        }
    }

    private func appendLines(
        _ clients: [Client], _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let lines = clients.map { $0.line(at: tick) + "\n" }
        let bytes = Array(lines.joined().utf8)
        unsafe output.appendVerbatim(bytes.span.bytes, format: "txt", connection.version)
    }
}

extension Call {
    /// Whether the subcommand is HELP.
    var isHelp: Bool { count == 2 && self[1].equalsIgnoringCase("help") }
}
