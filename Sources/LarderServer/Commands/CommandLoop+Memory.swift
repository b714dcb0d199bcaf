import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// MEMORY.
    func memory(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        switch CommandTable.shared.subcommand(call[1], of: .memory)?.page.name {
        case "memory|usage": memoryUsage(call, connection, &output)
        case "memory|stats": memoryStatistics(connection.version, &output)
        case "memory|doctor":
            let isSmall = store.budget.used - shared.startupBytes < 5 << 20
            output.appendVerbatimText(
                isSmall ? MemoryText.tooSmall : MemoryText.healthy, connection.version)
        case "memory|malloc-stats":
            output.appendBulk("Stats not supported for the current allocator")
        case "memory|purge":
            // Housekeeping gives slabs back by itself, and a step of it is never far.
            output.appendSimple("OK")
        default: output.appendHelp(of: "MEMORY", HelpText.memory)
        }
    }

    private func memoryUsage(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var index = 3
        while index < call.count {
            guard call[index].equalsIgnoringCase("samples"), index + 1 < call.count else {
                return output.appendSyntaxError()
            }
            guard let samples = Decimal.integer(call[index + 1]) else {
                return output.appendNotAnInteger()
            }
            guard samples >= 0 else { return output.appendSyntaxError() }
            index += 2
        }
        var bytes: Int?
        withKey(call[2], connection) { access in
            if access.exists { bytes = access.storedBytes }
        }
        guard let bytes else { return output.appendNull(connection.version) }
        output.appendInteger(Int64(bytes))
    }

    private func memoryStatistics(_ version: RESPVersion, _ output: inout OutputBuffer) {
        let figures = MemoryFigures(shared)
        let databases = (0..<store.databaseCount).filter { store.count(database: $0) > 0 }
        let numbers = figures.numbersBeforeDatabases
        let rest = figures.numbersAfterDatabases
        output.appendMapHeader(
            numbers.count + databases.count + rest.count + figures.ratios.count, version)
        for (name, value) in numbers { output.append(name, value) }
        for database in databases {
            output.appendBulkText("db.\(database)")
            output.appendMapHeader(3, version)
            let count = store.count(database: database)
            output.append("overhead.hashtable.main", count * ByteStore.overheadPerEntry)
            output.append("overhead.hashtable.expires", 0)
            output.append("overhead.hashtable.slot-to-keys", 0)
        }
        for (name, value) in rest { output.append(name, value) }
        for (name, value) in figures.ratios {
            output.appendBulk(name)
            output.appendDouble(value, version)
        }
    }
}

extension OutputBuffer {
    fileprivate mutating func append(_ name: StaticString, _ value: Int) {
        appendBulk(name)
        appendInteger(Int64(value))
    }
}

/// What MEMORY DOCTOR says, in redis's words.
private enum MemoryText {
    static let tooSmall = """
        Hi Sam, this instance is empty or is using very little memory, my issues detector can't be \
        used in these conditions. Please, leave for your mission on Earth and fill it with some \
        data. The new Sam and I will be back to our programming as soon as I finished rebooting.

        """
    static let healthy = """
        Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs \
        on this base.

        """
}
