import LarderAssembly
import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

extension CommandLoop {
    func configure(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        if call[1].equalsIgnoringCase("get") {
            guard call.count > 2 else { return output.appendWrongArity("config|get") }
            let found = shared.currentSettings.get((2..<call.count).map { call[$0].text })
            output.appendMapHeader(found.count, connection.version)
            for (name, value) in found {
                output.appendBulkText(name)
                output.appendBulkText(value)
            }
        } else if call[1].equalsIgnoringCase("set") {
            guard call.count > 3 else { return output.appendWrongArity("config|set") }
            do throws(RuntimeSettingFailure) {
                try shared.set((2..<call.count).map { call[$0].text })
                output.appendSimple("OK")
            } catch {
                output.appendErrorText(error.message)
            }
        } else if call[1].equalsIgnoringCase("resetstat") {
            guard call.count == 2 else { return output.appendWrongArity("config|resetstat") }
            store.resetStatistics()
            for keeper in shared.keepers { keeper.reset() }
            output.appendSimple("OK")
        } else {
            output.appendUnknownSubcommand(call, "CONFIG")
        }
    }

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
            let lines = shared.clients.all.map { $0.line(at: tick) + "\n" }
            output.appendBulkText(lines.joined())
        } else if call[1].equalsIgnoringCase("info") {
            guard call.count == 2 else { return output.appendWrongArity("client|info") }
            output.appendBulkText(client.line(at: tick) + "\n")
        } else {
            output.appendUnknownSubcommand(call, "CLIENT")
        }
    }

    private func setInfo(
        _ call: borrowing Call, _ client: Client, _ output: inout OutputBuffer
    ) {
        guard call.count == 4 else { return output.appendWrongArity("client|setinfo") }
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

    func describeCommands(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let table = CommandTable.shared
        guard call.count > 1 else {
            output.appendArrayHeader(table.specifications.count)
            for row in table.specifications { output.append(row, connection.version) }
            return
        }
        if call[1].equalsIgnoringCase("count") {
            output.appendInteger(Int64(table.specifications.count))
        } else if call[1].equalsIgnoringCase("info") {
            output.appendArrayHeader(call.count - 2)
            for index in 2..<max(2, call.count) {
                if let command = table.command(call[index]) {
                    output.append(command.specification, connection.version)
                } else {
                    output.appendNullArray(connection.version)
                }
            }
        } else if call[1].equalsIgnoringCase("docs") {
            output.appendMapHeader(0, connection.version)
        } else if call[1].equalsIgnoringCase("list") {
            output.appendArrayHeader(table.specifications.count)
            for row in table.specifications { output.appendBulk(row.name) }
        } else {
            output.appendUnknownSubcommand(call, "COMMAND")
        }
    }

    func info(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var sections: Set<String> = []
        for index in 1..<max(1, call.count) { sections.insert(call[index].text.lowercased()) }
        let text = InfoText(shared, at: tick).text(sections: sections)
        let bytes = Array(text.utf8)
        unsafe output.appendVerbatim(bytes.span.bytes, format: "txt", connection.version)
    }
}

extension OutputBuffer {
    mutating func appendUnknownSubcommand(_ call: borrowing Call, _ command: StaticString) {
        append("-ERR unknown subcommand '")
        appendPrintable(call[1], max: 128)
        append("'. Try ")
        append(command)
        append(" HELP.\r\n")
    }

    fileprivate mutating func append(_ row: CommandSpecification, _ version: RESPVersion) {
        appendArrayHeader(10)
        appendBulk(row.name)
        appendInteger(Int64(row.arity))
        appendSetHeader(row.flags.count, version)
        for flag in row.flags { appendSimple(flag) }
        appendInteger(Int64(row.firstKey))
        appendInteger(Int64(row.lastKey))
        appendInteger(Int64(row.keyStep))
        for _ in 0..<2 { appendSetHeader(0, version) }
        for _ in 0..<2 { appendArrayHeader(0) }
    }
}
