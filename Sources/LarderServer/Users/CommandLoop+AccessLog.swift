import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

extension CommandLoop {
    /// ACL LOG.
    func showAccessLog(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard call.count <= 3 else { return output.appendSubcommandSyntax(call, "ACL") }
        var count = 10
        if call.count == 3 {
            if call[2].equalsIgnoringCase("reset") {
                shared.accessLog.removeAll()
                return output.appendSimple("OK")
            }
            guard let number = Decimal.integer(call[2]) else { return output.appendNotAnInteger() }
            count = Int(clamping: number)
        }
        let entries = shared.accessLog.first(count)
        output.appendArrayHeader(entries.count)
        for entry in entries { append(entry, connection, &output) }
    }

    private func append(
        _ entry: AccessLog.Entry, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let version = connection.version
        output.appendMapHeader(7, version)
        output.appendBulk("count")
        output.appendInteger(Int64(entry.count))
        output.appendBulk("reason")
        output.appendBulkText(entry.reason.rawValue)
        output.appendBulk("context")
        output.appendBulkText(entry.isInTransaction ? "multi" : "toplevel")
        output.appendBulk("object")
        unsafe output.appendBulk(entry.object.span.bytes)
        output.appendBulk("username")
        output.appendBulkText(entry.user)
        output.appendBulk("age-seconds")
        let age = tick.nanoseconds &- min(tick.nanoseconds, entry.at.nanoseconds)
        output.appendDouble(Double(age / 1_000_000) / 1000, version)
        output.appendBulk("client-info")
        output.appendBulkText(entry.client)
    }
}
