import LarderCore
import LarderHierarchy
import LarderMemory
import LarderWire

// LARDER: what no redis has.
extension CommandLoop {
    /// LARDER.
    mutating func larder(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        switch table.subcommand(call[1], of: .larder)?.page.name {
        case "larder|ban": ban(call, connection, &output)
        case "larder|explain": explain(call[2], connection, &output)
        case "larder|drop": dropLease(call, connection, &output)
        case "larder|get":
            if call[3].equalsIgnoringCase("lease") {
                getByLease(call, &connection, &output)
            } else {
                bypass(call, &connection, &output)
            }
        case "larder|set": setByLease(call, &connection, &output)
        default: output.appendHelp(of: "LARDER", HelpText.larder)
        }
    }

    /// `LARDER BAN KEY|TAG|PREFIX|NAMESPACE name [SOFT]`.
    private func ban(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        switch banRequest(call, connection) {
        case .wrong: output.appendSyntaxError()
        case .wrongTag: output.appendError("ERR a tag has between 1 and 255 bytes")
        case .wrongPrefix:
            output.appendErrorText(
                "ERR a prefix ends with :* (the key above, and all below it) or :+ (only what "
                    + "is below), as in user:42:*")
        case .unknownNamespace:
            output.append("-ERR no namespace is called '")
            output.appendPrintable(call[3], max: 128)
            output.append("'\r\n")
        case .denied:
            output.appendError("NOPERM this user may ban only keys, and only its own")
        case .ban(let scope, let strength):
            // EXEC has told the sources before it locked the shards.
            if !isInTransaction { reads?.ban(scope, strength) }
            output.appendInteger(Int64(store.ban(scope, strength, at: now)))
        }
    }

    /// Tells the sources of a ban that EXEC is about to carry out.
    func announceBan(_ call: borrowing Call, _ connection: ClientConnection) {
        guard case .ban(let scope, let strength) = banRequest(call, connection) else { return }
        reads?.ban(scope, strength)
    }

    /// What a call of LARDER BAN asks for.
    private enum BanRequest {
        case ban(BanScope, Ban.Strength)
        case wrong, wrongTag, wrongPrefix, unknownNamespace, denied
    }

    private func banRequest(_ call: borrowing Call, _ connection: ClientConnection) -> BanRequest {
        let isSoft = call.count == 5
        guard call.count == 4 || isSoft && call[4].equalsIgnoringCase("soft") else { return .wrong }
        let name = call[3]
        let scope: BanScope
        if call[2].equalsIgnoringCase("key") {
            scope = .key(name.bytes, database: connection.database)
        } else if call[2].equalsIgnoringCase("tag") {
            guard EntryTags([name.bytes]) != nil else { return .wrongTag }
            scope = .tag(name.bytes)
        } else if call[2].equalsIgnoringCase("prefix") {
            guard let prefix = KeyPrefix(pattern: name.bytes) else { return .wrongPrefix }
            scope = .prefix(prefix)
        } else if call[2].equalsIgnoringCase("namespace") {
            guard let number = reads?.number(of: name.text) else { return .unknownNamespace }
            scope = .namespace(number)
        } else {
            return .wrong
        }
        return mayBan(scope, connection) ? .ban(scope, isSoft ? .soft : .hard) : .denied
    }

    /// Who may use some keys only may not touch others by a ban.
    private func mayBan(_ scope: BanScope, _ connection: ClientConnection) -> Bool {
        guard connection.gate.contains(.restricted), let keys = connection.user.rights.keys
        else { return true }
        guard case .key(let key, _) = scope else { return false }
        return unsafe RawSpan.matches(key.span.bytes, keys)
    }

    /// `LARDER GET key BYPASS`.
    private mutating func bypass(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard call.count == 4, call[3].equalsIgnoringCase("bypass") else {
            return output.appendSyntaxError()
        }
        guard !isInTransaction else {
            return output.appendError("ERR LARDER GET BYPASS does not wait inside EXEC")
        }
        guard connection.database == 0, let reads, let plan = reads.plan(for: call[2]),
            let source = reads.source(of: plan)
        else { return output.appendError("ERR the key has no origin") }
        if let outcome = connection.wait?.bypassed {
            connection.wait?.bypassed = nil
            switch outcome {
            case .loaded(let loaded): unsafe output.appendBulk(loaded.value.span.bytes)
            case .absent, .notModified: output.appendNull(connection.version)
            case .failed(let failure): output.append(failure)
            }
            return
        }
        let wait = wait(of: &connection)
        let waiter = wait.nextWaiter()
        wait.beginBypass(waiter)
        (connection.isWaiting, breaksAhead) = (true, true)
        counters.uncountCall(table.place(of: .larder, call))
        source.bypass(Key(call[2].bytes), binding: plan.binding, for: waiter)
    }
}
