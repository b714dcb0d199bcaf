import LarderCore
import LarderWire

extension CommandLoop {
    /// COMMAND: what the server can do, for clients that ask.
    func describeCommands(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let rows = CommandTable.shared.specifications
        guard call.count > 1 else {
            output.appendArrayHeader(rows.count)
            for row in rows { output.append(row, connection.version) }
            return
        }
        if call[1].equalsIgnoringCase("count") {
            guard call.count == 2 else { return output.appendWrongArity("command|count") }
            output.appendInteger(Int64(rows.count))
        } else if call[1].equalsIgnoringCase("info") {
            describeNamed(call, connection, &output)
        } else if call[1].equalsIgnoringCase("docs") {
            appendDocuments(call, connection, &output)
        } else if call[1].equalsIgnoringCase("list") {
            listCommands(call, &output)
        } else if call[1].equalsIgnoringCase("getkeys") {
            guard call.count > 2 else { return output.appendWrongArity("command|getkeys") }
            appendKeys(of: call, &output)
        } else if call.isHelp {
            output.appendHelp(
                "COMMAND",
                [
                    "COUNT", "DOCS [<name> ...]", "GETKEYS <command>", "INFO [<name> ...]",
                    "LIST [FILTERBY <MODULE|ACLCAT|PATTERN> <value>]",
                ])
        } else {
            output.appendUnknownSubcommand(call, "COMMAND")
        }
    }

    private func describeNamed(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let table = CommandTable.shared
        guard call.count > 2 else {
            output.appendArrayHeader(table.specifications.count)
            for row in table.specifications { output.append(row, connection.version) }
            return
        }
        output.appendArrayHeader(call.count - 2)
        for index in 2..<call.count {
            if let command = table.command(call[index]) {
                output.append(command.specification, connection.version)
            } else {
                output.appendNull(connection.version)
            }
        }
    }

    /// A summary of each command; redis's manual has the rest.
    private func appendDocuments(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var found = Command.allCases
        if call.count > 2 {
            found = (2..<call.count).compactMap { CommandTable.shared.command(call[$0]) }
        }
        output.appendMapHeader(found.count, connection.version)
        for command in found {
            let row = command.specification
            output.appendBulk(row.name)
            output.appendMapHeader(2, connection.version)
            output.appendBulk("summary")
            output.appendBulk(command.summary)
            output.appendBulk("group")
            output.appendBulk(row.firstKey == 0 ? "server" : "string")
        }
    }

    private func listCommands(_ call: borrowing Call, _ output: inout OutputBuffer) {
        var rows = CommandTable.shared.specifications
        if call.count > 2 {
            guard call.count == 5, call[2].equalsIgnoringCase("filterby") else {
                return output.appendSyntaxError()
            }
            if call[3].equalsIgnoringCase("pattern") {
                rows = rows.filter { row in
                    let name = row.nameBytes
                    return unsafe Glob.matches(name.span.bytes, call[4], ignoringCase: true)
                }
            } else if call[3].equalsIgnoringCase("module") || call[3].equalsIgnoringCase("aclcat") {
                // There are no modules, and no categories yet.
                rows = []
            } else {
                return output.appendSyntaxError()
            }
        }
        output.appendArrayHeader(rows.count)
        for row in rows { output.appendBulk(row.name) }
    }

    /// The keys of the command in the call's arguments from the third on.
    private func appendKeys(of call: borrowing Call, _ output: inout OutputBuffer) {
        guard let row = CommandTable.shared.command(call[2])?.specification else {
            return output.appendError("ERR Invalid command specified")
        }
        guard row.firstKey > 0 else {
            return output.appendError("ERR The command has no key arguments")
        }
        let count = call.count - 2
        guard row.accepts(argumentCount: count) else {
            return output.appendError("ERR Invalid number of arguments specified for command")
        }
        let last = row.lastKey < 0 ? count + row.lastKey : row.lastKey
        let places = stride(from: row.firstKey, through: last, by: row.keyStep)
        output.appendArrayHeader(Array(places).count)
        for place in places { output.appendBulk(call[place + 2]) }
    }
}

extension OutputBuffer {
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
