import LarderCore
import LarderHierarchy
import LarderMemory
import LarderWire

// LARDER SET and LARDER DROP.
extension CommandLoop {
    /// `LARDER SET key value [LEASE token] [EX s|PX ms] [TAGS tag …] [PRIORITY low|normal|high]
    /// [COST µs]`.
    mutating func setByLease(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let options: LarderSetOptions
        do throws(LarderSetOptions.Refusal) {
            options = try LarderSetOptions(call)
        } catch {
            switch error {
            case .syntax: return output.appendSyntaxError()
            case .tags:
                return output.appendErrorText(
                    "ERR an entry has at most \(EntryTags.countMax) tags of 1 to "
                        + "\(EntryTags.lengthMax) bytes")
            }
        }
        let plan = connection.database == 0 ? reads?.plan(for: call[2]) : nil
        var expiry = plan?.expiry(from: now) ?? .never
        if let time = options.time {
            guard
                let read = self.expiry(
                    of: call[time.index], time.unit, isAbsolute: false, "larder|set", &output)
            else { return }
            expiry = read
        }
        var provenance = Provenance(
            loaded: now, freshUntil: expiry, end: plan?.staleEnd(from: expiry))
        provenance.tags = options.tags
        provenance.priority = options.priority ?? plan?.priority ?? .normal
        provenance.cost = options.cost ?? 0
        if plan != nil { provenance.namespace = reads?.number(for: call[2]) ?? 0 }
        if let token = options.token {
            fill(call, token, options.cost == nil, provenance, plan, &connection, &output)
        } else {
            put(call, options, provenance, plan, connection, &output)
        }
    }

    /// Sets a key whose lease the client has.
    private mutating func fill(
        _ call: borrowing Call, _ token: UInt64, _ measures: Bool, _ provenance: Provenance,
        _ plan: NamespacePlan?, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard !isInTransaction else {
            return output.appendError("ERR LARDER SET LEASE does not run inside EXEC")
        }
        let key = Key(call[2].bytes, database: UInt32(connection.database))
        let source = plan.flatMap { reads?.source(of: $0) }
        let write = source?.beginWrite(of: [key])
        let outcome = shared.leases.desk.set(key, by: token) { grant in
            var provenance = provenance
            if measures {
                let (begin, end) = (grant.since.nanoseconds, tick.nanoseconds)
                provenance.cost = UInt32(clamping: (end - min(begin, end)) / 1000)
            }
            guard !streamed.isEmpty, let large = streamed[3] else {
                return store.fill(call[3], for: grant.mark, at: now, provenance: provenance)
            }
            return store.fill(large: large, for: grant.mark, at: now, provenance: provenance)
        }
        if let write { source?.endWrite(write) }
        connection.leases?.remove(key, token)
        switch outcome {
        case .success(.stored): output.appendSimple("OK")
        case .success(.notKept): output.appendError("OOM the value found no room")
        case .success(.tooLarge): output.append(PutOutcome.tooLarge) { _ in }
        case .success(.outdated), .failure(.outdated):
            output.appendError(
                "OUTDATED the key was written, deleted or banned since the lease was given")
        case .failure(.ended): output.appendError("NOLEASE the token does not hold the key")
        }
    }

    /// Sets a key as SET does, with what SET cannot say.
    private func put(
        _ call: borrowing Call, _ options: LarderSetOptions, _ provenance: Provenance,
        _ plan: NamespacePlan?, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard plan?.writesOrigin != true else {
            return output.appendError(
                "ERR LARDER SET without LEASE writes no keys whose writes go to an origin")
        }
        // EXEC has told the source before it locked the shards.
        var writes = AnnouncedWrites()
        if !isInTransaction, connection.database == 0 { announce(call[2], in: &writes) }
        let part = options.hasProvenance ? provenance : nil
        var outcome = PutOutcome.stored
        withKey(call[2], connection) { access in
            let expiry = provenance.freshUntil
            if !streamed.isEmpty, let large = streamed[3] {
                outcome = access.put(large: large, expiry: expiry, provenance: part)
            } else {
                outcome = access.put(call[3], expiry: expiry, provenance: part)
            }
        }
        if plan?.dropsWrites == true { drop(call[2]) }
        writes.end()
        output.append(outcome) { $0.appendSimple("OK") }
    }

    /// `LARDER DROP key LEASE token`.
    func dropLease(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard call[3].equalsIgnoringCase("lease"), let token = LeaseToken.parse(call[4]) else {
            return output.appendSyntaxError()
        }
        guard !isInTransaction else {
            return output.appendError("ERR LARDER DROP does not run inside EXEC")
        }
        let key = Key(call[2].bytes, database: UInt32(connection.database))
        connection.leases?.remove(key, token)
        output.appendInteger(shared.leases.desk.giveUp(key, by: token) ? 1 : 0)
    }
}
