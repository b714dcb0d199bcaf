import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// MEMORY USAGE: bytes that an entry really takes, with its share of the tables.
    func memoryUsage(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var index = 3
        while index < call.count {
            // Strings have no elements of which samples could be taken; the number is only read.
            guard call[index].equalsIgnoringCase("samples"), index + 1 < call.count else {
                return output.appendSyntaxError()
            }
            guard let count = Decimal.integer(call[index + 1]) else {
                return output.appendNotAnInteger()
            }
            guard count >= 0 else { return output.appendSyntaxError() }
            index += 2
        }
        var bytes: Int?
        withKey(call[2], connection) { access in
            if access.exists { bytes = access.storedBytes }
        }
        guard let bytes else { return output.appendNull(connection.version) }
        output.appendInteger(Int64(bytes))
    }

    /// MEMORY.
    func memory(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        if call[1].equalsIgnoringCase("usage") {
            guard call.count > 2 else { return output.appendWrongArity("memory|usage") }
            memoryUsage(call, connection, &output)
        } else {
            output.appendUnknownSubcommand(call, "MEMORY")
        }
    }
}
