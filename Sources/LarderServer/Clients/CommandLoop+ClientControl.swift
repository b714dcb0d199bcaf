import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

extension CommandLoop {
    /// What CLIENT does to connections, rather than tell about them.
    mutating func controlClients(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        switch call[1].text.lowercased() {
        case "kill": killClients(call, &connection, &output)
        case "pause": pauseClients(call, &output)
        case "unpause":
            shared.pause.end(shared.traffic)
            isPaused = false
            output.appendSimple("OK")
        case "reply": reply(call, &connection, &output)
        case "no-evict":
            guard let isOn = call[2].onOrOff else { return output.appendSyntaxError() }
            connection.client.gauge?.isExempt = isOn
            output.appendSimple("OK")
        case "unblock": unblock(call, &output)
        default: track(call, connection, &output)
        }
    }

    private func killClients(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let isOldForm = call.count == 3
        var filter = ClientFilter(address: call[2].text)
        if !isOldForm {
            guard let read = ClientFilter(call, shared.users.current, &output) else { return }
            filter = read
        }
        var killed: Int64 = 0
        for client in shared.clients.all where filter.matches(client) {
            if client === connection.client {
                // The client still gets its reply.
                if filter.skipsSelf { continue }
                connection.isClosing = true
            } else if !shared.traffic.close(client.id) {
                continue
            }
            killed += 1
        }
        guard isOldForm else { return output.appendInteger(killed) }
        if killed > 0 {
            output.appendSimple("OK")
        } else {
            output.appendError("ERR No such client")
        }
    }

    private mutating func pauseClients(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard call.count <= 4 else { return output.appendSubcommandSyntax(call, "CLIENT") }
        var kind = ClientPause.Kind.all
        if call.count == 4 {
            if call[3].equalsIgnoringCase("write") {
                kind = .writes
            } else if !call[3].equalsIgnoringCase("all") {
                return output.appendError("ERR CLIENT PAUSE mode must be WRITE or ALL")
            }
        }
        guard let timeout = Decimal.integer(call[2]) else {
            return output.appendError("ERR timeout is not an integer or out of range")
        }
        guard timeout >= 0 else { return output.appendError("ERR timeout is negative") }
        // What redis adds to its clock overflows there, and the pause is over before it begins.
        let (_, isTooLong) = timeout.addingReportingOverflow(WallClock.milliseconds())
        let duration = Duration.milliseconds(isTooLong ? 0 : timeout)
        shared.pause.begin(kind, from: tick, until: tick.advanced(by: duration))
        isPaused = true
        breaksAhead = true
        output.appendSimple("OK")
    }

    private func reply(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        if call[2].equalsIgnoringCase("on") {
            connection.gate.subtract(.silent)
            output.appendSimple("OK")
        } else if call[2].equalsIgnoringCase("off") {
            connection.gate.insert(.mute)
        } else if call[2].equalsIgnoringCase("skip") {
            if !connection.gate.contains(.mute) { connection.gate.insert(.muteNext) }
        } else {
            output.appendSyntaxError()
        }
    }

    /// Nobody is blocked: no command here waits for another client.
    private func unblock(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard call.count <= 4 else { return output.appendSubcommandSyntax(call, "CLIENT") }
        if call.count == 4, !call[3].equalsIgnoringCase("timeout"),
            !call[3].equalsIgnoringCase("error")
        {
            return output.appendError(
                "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
        }
        guard Decimal.integer(call[2]) != nil else { return output.appendNotAnInteger() }
        output.appendInteger(0)
    }

    /// Tracking is always off; what says so is answered as redis does.
    private func track(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        switch call[1].text.lowercased() {
        case "getredir": output.appendInteger(-1)
        case "trackinginfo":
            output.appendMapHeader(3, connection.version)
            output.appendBulk("flags")
            output.appendSetHeader(1, connection.version)
            output.appendBulk("off")
            output.appendBulk("redirect")
            output.appendInteger(-1)
            output.appendBulk("prefixes")
            output.appendArrayHeader(0)
        case "caching":
            output.appendErrorText(
                "ERR CLIENT CACHING can be called only when the client is in tracking mode "
                    + "with OPTIN or OPTOUT mode enabled")
        default:
            guard let isOn = call[2].onOrOff else { return output.appendSyntaxError() }
            guard isOn else { return output.appendSimple("OK") }
            output.appendError("ERR CLIENT TRACKING is not supported; cache without it")
        }
    }
}

extension RawSpan {
    fileprivate var onOrOff: Bool? {
        if equalsIgnoringCase("on") { return true }
        return equalsIgnoringCase("off") ? false : nil
    }
}
