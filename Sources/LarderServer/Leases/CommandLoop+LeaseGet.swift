import LarderCore
import LarderHierarchy
import LarderMemory
import LarderResilience
import LarderWire

// LARDER GET key LEASE: the value, or the right to compute it, or a wait for who has that right.
extension CommandLoop {
    /// Looks for a key again after others have been quicker, before it gives up.
    private static var looksMax: Int { 4 }

    /// How an answer calls what there is.
    private enum LeaseState {
        /// A value that is good.
        case hit
        /// No value; the client is to compute it.
        case miss
        /// A value whose time is over, but not its stale window.
        case stale
        /// No value; another client computes it, and the wait is over.
        case held

        var text: StaticString {
            switch self {
            case .hit: "hit"
            case .miss: "miss"
            case .stale: "stale"
            case .held: "held"
            }
        }
    }

    /// What memory had, which is in the output by now.
    private enum Found {
        case nothing, fresh, stale
    }

    /// A request for a lease.
    private struct LeaseRequest {
        let key: Key
        let hash: UInt64
        let milliseconds: UInt64
        let waitMilliseconds: UInt64
        let token: UInt64?
        /// Of the command, among those that are counted.
        let place: Int
    }

    /// `LARDER GET key LEASE [ms] [WAIT ms] [TOKEN token]`.
    mutating func getByLease(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard let options = LeaseGetOptions(call) else { return output.appendSyntaxError() }
        guard !isInTransaction else {
            return output.appendError("ERR LARDER GET LEASE does not wait inside EXEC")
        }
        let plan = connection.database == 0 ? reads?.plan(for: call[2]) : nil
        guard plan?.isNeverKept != true else {
            return output.appendError("ERR the key's namespace keeps nothing")
        }
        let longest = plan?.leaseMilliseconds ?? Leases.standard.lease
        let milliseconds = options.milliseconds ?? longest
        guard milliseconds <= longest else {
            return output.appendErrorText("ERR a lease lasts between 1 and \(longest) ms")
        }
        let request = LeaseRequest(
            key: Key(call[2].bytes, database: UInt32(connection.database)),
            hash: store.hash(call[2]), milliseconds: milliseconds,
            waitMilliseconds: options.waitMilliseconds ?? plan?.waitMilliseconds
                ?? Leases.standard.wait,
            token: options.token, place: table.place(of: .larder, call))
        answer(request, &connection, &output)
    }

    private mutating func answer(
        _ request: LeaseRequest, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let version = connection.version
        let (token, deadline) = takeLease(for: request, &connection)
        for _ in 0..<Self.looksMax {
            let start = output.count
            output.appendArrayHeader(3)
            let found = serveLeased(request, connection, &output)
            guard found != .fresh else {
                if let token { giveBack(token, of: request.key, &connection) }
                output.appendNull(version)
                return output.appendBulk(LeaseState.hit.text)
            }
            if found == .nothing { output.appendNull(version) }
            let state = found == .stale ? LeaseState.stale : .miss
            if let token { return grant(token, state, &output) }
            // Who can have a stale value does not wait for a better one.
            let until = found == .stale ? tick : deadline
            switch acquire(request, until: until, &connection) {
            case .granted(let lease):
                hold(lease.token, of: request.key, &connection)
                return grant(lease.token, state, &output)
            case .waits:
                counters.uncountCall(request.place)
                return output.truncate(to: start)
            case .taken:
                output.appendNull(version)
                return output.appendBulk((found == .stale ? state : .held).text)
            case .refused:
                output.truncate(to: start)
                return output.appendError("ERR too many leases are held, or waited for")
            case .held: output.truncate(to: start)
            }
        }
        output.appendError("ERR the key is written and deleted too often to be read")
    }

    private func grant(
        _ token: UInt64, _ state: LeaseState, _ output: inout OutputBuffer
    ) {
        output.appendBulkText(LeaseToken.text(token))
        output.appendBulk(state.text)
    }

    /// Writes the value of the key, if there is one.
    private func serveLeased(
        _ request: LeaseRequest, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) -> Found {
        let reader = connection.database == 0 ? readers?.stale : nil
        reader?.forget()
        let outcome = unsafe store.read(
            request.key.bytes.span.bytes, request.hash, database: connection.database, at: now,
            by: reader
        ) { value, _ in output.appendBulk(value) }
        switch outcome {
        case .hit: return .fresh
        case .miss: return .nothing
        case .large(let value, _):
            output.appendLargeBulk(value)
            return .fresh
        case .loaded:
            guard let reader, reader.isGiven else { return .nothing }
            if let large = reader.large { output.appendLargeBulk(large) }
            reader.release()
            return reader.last?.isFresh == true ? .fresh : .stale
        }
    }

    /// The lease that the command has waited for, or has extended, and until when it may wait.
    private func takeLease(
        for request: LeaseRequest, _ connection: inout ClientConnection
    ) -> (token: UInt64?, deadline: Tick) {
        var deadline = tick.advanced(by: .milliseconds(request.waitMilliseconds))
        if let wait = connection.wait?.lease, wait.key == request.key, !wait.isWaiting {
            connection.wait?.lease = nil
            deadline = wait.deadline
            if case .granted(let token)? = wait.letter {
                hold(token, of: request.key, &connection)
                return (token, deadline)
            }
            if case .timedOut? = wait.letter { deadline = tick }
        }
        guard let token = request.token else { return (nil, deadline) }
        let duration = Duration.milliseconds(request.milliseconds)
        let lease = shared.leases.desk.renew(request.key, by: token, for: duration)
        return (lease?.token, deadline)
    }

    private mutating func acquire(
        _ request: LeaseRequest, until deadline: Tick, _ connection: inout ClientConnection
    ) -> Leases.Desk.Answer {
        let wait = wait(of: &connection)
        let answer = shared.leases.acquire(
            request.key, for: wait.nextWaiter(), milliseconds: request.milliseconds,
            until: deadline, at: tick)
        if case .waits(let waiter) = answer {
            wait.lease = LeaseWait(key: request.key, waiter: waiter, deadline: deadline)
            (connection.isWaiting, breaksAhead) = (true, true)
        }
        return answer
    }

    private func hold(
        _ token: UInt64, of key: Key, _ connection: inout ClientConnection
    ) {
        let held = connection.leases ?? HeldLeases()
        connection.leases = held
        held.add(key, token, shared.leases.desk)
    }

    private func giveBack(
        _ token: UInt64, of key: Key, _ connection: inout ClientConnection
    ) {
        connection.leases?.remove(key, token)
        shared.leases.desk.giveUp(key, by: token)
    }
}
