import LarderAssembly
import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    func object(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        if call[1].equalsIgnoringCase("refcount") {
            guard call.count == 3 else { return output.appendWrongArity("object|refcount") }
            var count: Int64?
            withKey(call[2], connection) { count = Self.referenceCount(of: $0) }
            guard let count else { return output.appendNull(connection.version) }
            output.appendInteger(count)
        } else if call[1].equalsIgnoringCase("encoding") {
            guard call.count == 3 else { return output.appendWrongArity("object|encoding") }
            var encoding: StaticString?
            withKey(call[2], connection) { encoding = Self.encoding(of: $0) }
            guard let encoding else { return output.appendNull(connection.version) }
            output.appendBulk(encoding)
        } else if call[1].equalsIgnoringCase("freq") {
            guard call.count == 3 else { return output.appendWrongArity("object|freq") }
            objectFrequency(call[2], connection, &output)
        } else if call[1].equalsIgnoringCase("idletime") {
            guard call.count == 3 else { return output.appendWrongArity("object|idletime") }
            objectIdleTime(call[2], connection, &output)
        } else if call.isHelp {
            guard call.count == 2 else { return output.appendWrongArity("object|help") }
            appendObjectHelp(&output)
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

    /// Redis has one object for each of the first 10,000 numbers, and says so.
    private static func referenceCount(of access: borrowing KeyAccess) -> Int64? {
        guard access.exists else { return nil }
        guard access.largeValue == nil, let number = Decimal.integer(access.value) else { return 1 }
        return (0..<10_000).contains(number) ? Int64(Int32.max) : 1
    }

    /// What the policy has counted, where redis would count too.
    private func objectFrequency(
        _ key: RawSpan, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var exists = false
        var frequency: Int?
        withKey(key, connection) { access in
            exists = access.exists
            frequency = access.frequency
        }
        guard exists else { return output.appendNull(connection.version) }
        let isCounted = shared.currentSettings.fullMemory == .allkeysLFU
        guard isCounted, let frequency else {
            return output.appendErrorText(
                "ERR An LFU maxmemory policy is not selected, access frequency not tracked."
                    + Self.policyNote)
        }
        output.appendInteger(Int64(frequency))
    }

    /// Nobody notes when an entry was used last: the policies do not need it.
    private func objectIdleTime(
        _ key: RawSpan, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var exists = false
        withKey(key, connection) { exists = $0.exists }
        guard exists else { return output.appendNull(connection.version) }
        output.appendErrorText(
            "ERR An LFU maxmemory policy is selected, idle time not tracked." + Self.policyNote)
    }

    private static var policyNote: String {
        " Please note that when switching between policies at runtime LRU and LFU data will take"
            + " some time to adjust."
    }

    private func appendObjectHelp(_ output: inout OutputBuffer) {
        output.appendHelp(
            "OBJECT",
            [
                "ENCODING <key>",
                "    Return the kind of internal representation used in order to store the value",
                "    associated with a <key>.",
                "FREQ <key>",
                "    Return the access frequency index of the <key>. The returned integer is",
                "    proportional to the logarithm of the recent access frequency of the key.",
                "IDLETIME <key>",
                "    Return the idle time of the <key>, that is the approximated number of",
                "    seconds elapsed since the last access to the key.",
                "REFCOUNT <key>",
                "    Return the number of references of the value associated with the specified",
                "    <key>.",
            ])
    }
}
