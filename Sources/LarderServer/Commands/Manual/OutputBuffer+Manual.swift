import LarderCore
import LarderWire

/// Pages of the manual as replies.
extension OutputBuffer {
    /// A command as COMMAND INFO shows it.
    mutating func appendInfo(of command: Command, _ version: RESPVersion) {
        let row = command.specification
        let page = CommandTable.shared.page(of: command)
        appendArrayHeader(10)
        appendBulk(row.name)
        appendInteger(Int64(row.arity))
        appendFlags(row.flags.map { "\($0)" }, version)
        appendInteger(Int64(row.firstKey))
        appendInteger(Int64(row.lastKey))
        appendInteger(Int64(row.keyStep))
        appendFlags(row.categories.names.map { "@\($0)" }, version)
        appendTips(page, version)
        appendArrayHeader(page.subcommands.count)
        for subcommand in page.subcommands { appendInfo(of: subcommand, version) }
    }

    /// The same for a subcommand.
    mutating func appendInfo(of page: CommandPage, _ version: RESPVersion) {
        appendArrayHeader(10)
        appendBulkText(page.name)
        appendInteger(Int64(page.arity))
        appendFlags(page.flags, version)
        let key = page.keys.first
        appendInteger(Int64(key?.first ?? 0))
        appendInteger(Int64(key.map { $0.last < 0 ? $0.last : $0.first + $0.last } ?? 0))
        appendInteger(Int64(key?.step ?? 0))
        appendFlags(page.categories.names.map { "@\($0)" }, version)
        appendTips(page, version)
        appendArrayHeader(0)
    }

    /// Words of redis, as a set.
    mutating func appendFlags(_ flags: [String], _ version: RESPVersion) {
        appendSetHeader(flags.count, version)
        for flag in flags { appendText("+\(flag)\r\n") }
    }

    private mutating func appendTips(_ page: CommandPage, _ version: RESPVersion) {
        appendSetHeader(page.tips.count, version)
        for tip in page.tips { appendBulkText(tip) }
        appendSetHeader(page.keys.count, version)
        for key in page.keys { append(key, version) }
    }

    private mutating func append(_ key: KeySpecification, _ version: RESPVersion) {
        appendMapHeader(key.note == nil ? 3 : 4, version)
        if let note = key.note {
            appendBulk("notes")
            appendBulkText(note)
        }
        appendBulk("flags")
        appendFlags(key.flags, version)
        appendBulk("begin_search")
        appendMapHeader(2, version)
        appendBulk("type")
        appendBulk("index")
        appendBulk("spec")
        appendMapHeader(1, version)
        appendBulk("index")
        appendInteger(Int64(key.first))
        appendBulk("find_keys")
        appendMapHeader(2, version)
        appendBulk("type")
        appendBulk("range")
        appendBulk("spec")
        appendMapHeader(3, version)
        appendBulk("lastkey")
        appendInteger(Int64(key.last))
        appendBulk("keystep")
        appendInteger(Int64(key.step))
        appendBulk("limit")
        appendInteger(0)
    }

    /// A command or subcommand as COMMAND DOCS shows it.
    mutating func appendDocument(_ page: CommandPage, _ version: RESPVersion) {
        appendBulkText(page.name)
        let isDeprecated = page.deprecation != nil
        let optional = [
            !page.since.isEmpty, !page.complexity.isEmpty, !page.documentFlags.isEmpty,
            isDeprecated, isDeprecated,
            !page.arguments.isEmpty, !page.subcommands.isEmpty,
        ]
        appendMapHeader(2 + optional.count { $0 }, version)
        append("summary", page.summary)
        if !page.since.isEmpty { append("since", page.since) }
        append("group", page.group)
        if !page.complexity.isEmpty { append("complexity", page.complexity) }
        if !page.documentFlags.isEmpty {
            appendBulk("doc_flags")
            appendFlags(page.documentFlags, version)
        }
        if let deprecation = page.deprecation {
            append("deprecated_since", deprecation.since)
            append("replaced_by", deprecation.replacement)
        }
        if !page.arguments.isEmpty {
            appendBulk("arguments")
            append(page.arguments, version)
        }
        if !page.subcommands.isEmpty {
            appendBulk("subcommands")
            appendMapHeader(page.subcommands.count, version)
            for subcommand in page.subcommands { appendDocument(subcommand, version) }
        }
    }

    private mutating func append(_ name: StaticString, _ value: String) {
        appendBulk(name)
        appendBulkText(value)
    }

    private mutating func append(_ arguments: [CommandArgument], _ version: RESPVersion) {
        appendArrayHeader(arguments.count)
        for argument in arguments { append(argument, version) }
    }

    private mutating func append(_ argument: CommandArgument, _ version: RESPVersion) {
        let texts: [(StaticString, String?)] = [
            ("token", argument.token), ("since", argument.since),
            ("deprecated_since", argument.deprecatedSince),
        ]
        let count =
            2 + texts.count { $0.1 != nil } + (argument.key == nil ? 0 : 1)
            + (argument.flags.isEmpty ? 0 : 1) + (argument.arguments.isEmpty ? 0 : 1)
        appendMapHeader(count, version)
        append("name", argument.name)
        append("type", argument.type)
        if let key = argument.key {
            appendBulk("key_spec_index")
            appendInteger(Int64(key))
        }
        for (name, text) in texts { if let text { append(name, text) } }
        if !argument.flags.isEmpty {
            appendBulk("flags")
            appendFlags(argument.flags, version)
        }
        if !argument.arguments.isEmpty {
            appendBulk("arguments")
            append(argument.arguments, version)
        }
    }
}
