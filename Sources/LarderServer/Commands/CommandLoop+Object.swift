import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    func object(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        if call[1].equalsIgnoringCase("refcount") {
            guard call.count == 3 else { return output.appendWrongArity("object|refcount") }
            var exists = false
            withKey(call[2], connection) { exists = $0.exists }
            if exists { output.appendInteger(1) } else { output.appendNull(connection.version) }
        } else if call[1].equalsIgnoringCase("encoding") {
            guard call.count == 3 else { return output.appendWrongArity("object|encoding") }
            var encoding: StaticString?
            withKey(call[2], connection) { encoding = Self.encoding(of: $0) }
            guard let encoding else { return output.appendNull(connection.version) }
            output.appendBulk(encoding)
        } else if call.isHelp {
            output.appendHelp("OBJECT", ["ENCODING <key>", "REFCOUNT <key>"])
        } else {
            output.appendUnknownSubcommand(call, "OBJECT")
        }
    }

    /// How redis would keep the value, had it just been set: tools tell numbers from texts by it.
    private static func encoding(of access: borrowing KeyAccess) -> StaticString? {
        guard access.exists else { return nil }
        if access.largeValue == nil, Decimal.integer(access.value) != nil { return "int" }
        return access.valueLength <= 44 ? "embstr" : "raw"
    }
}
