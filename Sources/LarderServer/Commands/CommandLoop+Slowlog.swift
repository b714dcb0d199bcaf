import LarderCore
import LarderWire

extension CommandLoop {
    /// SLOWLOG.
    func slowlog(_ call: borrowing Call, _ output: inout OutputBuffer) {
        if call[1].equalsIgnoringCase("get") {
            listSlow(call, &output)
        } else if call[1].equalsIgnoringCase("len") {
            output.appendInteger(Int64(shared.slowLog.count))
        } else if call[1].equalsIgnoringCase("reset") {
            shared.slowLog.reset()
            output.appendSimple("OK")
        } else if call.isHelp {
            output.appendHelp(of: "SLOWLOG", HelpText.slowlog)
        } else {
            output.appendUnknownSubcommand(call, "SLOWLOG")
        }
    }

    private func listSlow(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard call.count <= 3 else {
            output.append("-ERR unknown subcommand or wrong number of arguments for '")
            output.appendPrintable(call[1], max: 128)
            return output.append("'. Try SLOWLOG HELP.\r\n")
        }
        var count = 10
        if call.count == 3 {
            guard let wanted = Decimal.integer(call[2]), wanted >= -1 else {
                return output.appendError("ERR count should be greater than or equal to -1")
            }
            count = wanted == -1 ? .max : Int(wanted)
        }
        let entries = shared.slowLog.last(count)
        output.appendArrayHeader(entries.count)
        for entry in entries {
            output.appendArrayHeader(6)
            output.appendInteger(entry.id)
            output.appendInteger(entry.seconds)
            output.appendInteger(entry.microseconds)
            output.appendArrayHeader(entry.arguments.count)
            for argument in entry.arguments { unsafe output.appendBulk(argument.span.bytes) }
            output.appendBulkText(entry.address)
            output.appendBulkText(entry.name)
        }
    }
}
