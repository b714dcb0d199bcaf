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
            let found = shared.currentSettings.get((2..<call.count).map { call[$0].text })
            output.appendMapHeader(found.count, connection.version)
            for (name, value) in found {
                output.appendBulkText(name)
                output.appendBulkText(value)
            }
        } else if call[1].equalsIgnoringCase("set") {
            do throws(SettingRefusal) {
                try shared.set((2..<call.count).map { call[$0].text })
                output.appendSimple("OK")
            } catch {
                output.appendErrorText(error.message)
            }
        } else if call[1].equalsIgnoringCase("resetstat") {
            shared.resetStatistics()
            output.appendSimple("OK")
        } else if call[1].equalsIgnoringCase("rewrite") {
            do throws(ConfigurationRewriteFailure) {
                try shared.rewrite()
                output.appendSimple("OK")
            } catch {
                output.appendErrorText("ERR \(error)")
            }
        } else {
            output.appendHelp(of: "CONFIG", HelpText.config)
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

    /// What HELP answers: the subcommands, one line each.
    mutating func appendHelp(_ command: StaticString, _ lines: [StaticString]) {
        appendArrayHeader(lines.count + 3)
        append(UInt8(ascii: "+"))
        append(command)
        append(" <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n")
        for line in lines { appendSimple(line) }
        appendSimple("HELP")
        appendSimple("    Prints this help.")
    }
}
