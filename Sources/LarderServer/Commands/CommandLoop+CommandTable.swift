import LarderCore
import LarderWire

/// COMMAND: what the server can do, for clients that ask.
extension CommandLoop {
    func describeCommands(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let table = CommandTable.shared
        guard call.count > 1 else {
            return describeAll(connection.version, &output)
        }
        switch table.subcommand(call[1], of: .command)?.page.name {
        case "command|count": output.appendInteger(Int64(Command.allCases.count))
        case "command|info": describeNamed(call, connection.version, &output)
        case "command|docs": document(call, connection.version, &output)
        case "command|list": listCommands(call, &output)
        case "command|getkeys": appendKeys(of: call, connection.version, withFlags: false, &output)
        case "command|getkeysandflags":
            appendKeys(of: call, connection.version, withFlags: true, &output)
        default: output.appendHelp(of: "COMMAND", HelpText.command)
        }
    }

    private func describeAll(_ version: RESPVersion, _ output: inout OutputBuffer) {
        output.appendArrayHeader(Command.allCases.count)
        for command in Command.allCases { output.appendInfo(of: command, version) }
    }

    private func describeNamed(
        _ call: borrowing Call, _ version: RESPVersion, _ output: inout OutputBuffer
    ) {
        guard call.count > 2 else { return describeAll(version, &output) }
        output.appendArrayHeader(call.count - 2)
        for index in 2..<call.count {
            guard let found = CommandTable.shared.find(call[index]) else {
                output.appendNull(version)
                continue
            }
            if let subcommand = found.subcommand {
                output.appendInfo(of: subcommand, version)
            } else {
                output.appendInfo(of: found.command, version)
            }
        }
    }

    private func document(
        _ call: borrowing Call, _ version: RESPVersion, _ output: inout OutputBuffer
    ) {
        var pages = CommandTable.shared.pages
        if call.count > 2 {
            pages = (2..<call.count).compactMap { index in
                CommandTable.shared.find(call[index]).map { found in
                    found.subcommand ?? CommandTable.shared.page(of: found.command)
                }
            }
        }
        output.appendMapHeader(pages.count, version)
        for page in pages { output.appendDocument(page, version) }
    }

    private func listCommands(_ call: borrowing Call, _ output: inout OutputBuffer) {
        var names = CommandTable.shared.names
        if call.count > 2 {
            guard call.count == 5, call[2].equalsIgnoringCase("filterby") else {
                return output.appendSyntaxError()
            }
            if call[3].equalsIgnoringCase("pattern") {
                names = names.filter { name in
                    let name = Array(name.utf8)
                    return unsafe Glob.matches(name.span.bytes, call[4], ignoringCase: true)
                }
            } else if call[3].equalsIgnoringCase("aclcat") {
                let category = CommandCategories(named: call[4].text.lowercased())
                names = CommandTable.shared.names(in: category)
            } else if call[3].equalsIgnoringCase("module") {
                // There are no modules.
                names = []
            } else {
                return output.appendSyntaxError()
            }
        }
        output.appendArrayHeader(names.count)
        for name in names { output.appendBulkText(name) }
    }

    /// The keys of the request that the call's arguments from the third on are.
    private func appendKeys(
        of call: borrowing Call, _ version: RESPVersion, withFlags: Bool,
        _ output: inout OutputBuffer
    ) {
        let count = call.count - 2
        guard let command = CommandTable.shared.command(call[2]) else {
            return output.appendError("ERR Invalid command specified")
        }
        let row = command.specification
        var page = CommandTable.shared.page(of: command)
        var isRightCount = row.accepts(argumentCount: count)
        if row.hasSubcommands, count > 1 {
            guard let found = CommandTable.shared.subcommand(call[3], of: command) else {
                return output.appendError("ERR Invalid command specified")
            }
            page = found.page
            isRightCount = page.accepts(argumentCount: count)
        }
        let keys = page.keys.filter { !$0.isNoKey }
        guard !keys.isEmpty else {
            return output.appendError("ERR The command has no key arguments")
        }
        guard isRightCount else {
            return output.appendError("ERR Invalid number of arguments specified for command")
        }
        var found: [(place: Int, flags: [String])] = []
        for key in keys {
            guard let places = key.places(count: count) else {
                return output.appendError("ERR Invalid arguments specified for command")
            }
            let flags = KeyUse.flags(of: key, command, call)
            found += places.map { ($0, flags) }
        }
        output.appendArrayHeader(found.count)
        for (place, flags) in found {
            if withFlags { output.appendArrayHeader(2) }
            output.appendBulk(call[place + 2])
            if withFlags { output.appendFlags(flags, version) }
        }
    }
}

/// What requests do to their keys, where that depends on the other arguments.
enum KeyUse {
    static func flags(
        of key: KeySpecification, _ command: Command, _ call: borrowing Call
    ) -> [String] {
        guard key.flags.contains("variable_flags") else { return key.flags }
        switch command {
        case .set:
            for index in 5..<max(5, call.count) where call[index].equalsIgnoringCase("get") {
                return ["RW", "access", "update"]
            }
            return ["OW", "update"]
        default:
            // BITFIELD: only GET leaves the value as it is.
            for index in 4..<max(4, call.count)
            where call[index].equalsIgnoringCase("set") || call[index].equalsIgnoringCase("incrby")
            {
                return ["RW", "access", "update"]
            }
            return ["RO", "access"]
        }
    }
}

extension CommandTable {
    /// The commands and subcommands of a category.
    func names(in category: CommandCategories) -> [String] {
        guard !category.isEmpty else { return [] }
        return zip(specifications, pages).flatMap { row, page in
            let own = row.categories.contains(category) ? ["\(row.name)"] : []
            return own + page.subcommands.filter { $0.categories.contains(category) }.map(\.name)
        }
    }
}
