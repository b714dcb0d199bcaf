import LarderCore

extension OriginLoad {
    /// Runs the load and returns what each client saw. It blocks until all clients are done.
    package func record() throws(SocketFault) -> [RecordedOperation] {
        let start = MonotonicClock.now()
        let load = self
        let runs = onThreads(clients) { client in
            var run = OriginRun(load: load, client: client, start: start)
            run.perform()
            return run.result
        }
        var history: [RecordedOperation] = []
        for run in runs { history += try run.get() }
        return history
    }
}

/// One client's part of a history.
private struct OriginRun {
    let load: OriginLoad
    let client: Int
    let start: Tick
    private var script: OriginScript
    private var operations: [RecordedOperation] = []
    private var steps = 0
    /// Who has no reply goes on as another: its request may still be under way.
    private var lives = 0
    private var connections = 0
    private var formerReads: [String: KeyOutcome] = [:]
    private var fault: SocketFault?

    init(load: OriginLoad, client: Int, start: Tick) {
        self.load = load
        self.client = client
        self.start = start
        script = OriginScript(load: load, client: client)
    }

    var result: Result<[RecordedOperation], SocketFault> {
        fault.map { .failure($0) } ?? .success(operations)
    }

    /// The server is not to drop connections; one or two may be chance.
    private static let connectionsMax = 5

    mutating func perform() {
        while steps < load.operationsPerClient, fault == nil {
            connections += 1
            do throws(SocketFault) {
                guard connections <= Self.connectionsMax else { throw .noReply(number: 0) }
                var connection = try OriginClient(load: load, client: client)
                while steps < load.operationsPerClient {
                    let share = load.spread * steps / load.operationsPerClient
                    MonotonicClock.wait(until: start.advanced(by: share))
                    steps += 1
                    guard perform(script.next(), on: &connection) else { break }
                }
            } catch {
                fault = error
            }
        }
    }

    /// Does a step; false if the connection is of no use any more.
    private mutating func perform(
        _ step: OriginStep, on connection: inout OriginClient
    ) -> Bool {
        switch step {
        case .read(let keys): return read(keys, on: &connection)
        case .set(let key, let value):
            if script.happens(.lostWrite) {
                return note([key], .set(value, nil), since: MonotonicClock.now()) { .applied }
            }
            return note([key], .set(value, nil), since: MonotonicClock.now()) {
                () throws(SocketFault) in try connection.set(key, value)
            }
        case .increment(let key):
            let command = KeyCommand.increment(by: 1, createsAbsent: client.isMultiple(of: 2))
            return note([key], command, since: MonotonicClock.now()) {
                () throws(SocketFault) in try connection.increment(key)
            }
        case .delete(let key):
            return note([key], .delete, since: MonotonicClock.now()) {
                () throws(SocketFault) in try connection.drop(["DEL", key])
            }
        case .drop(let keys, let words):
            return note(keys, .delete, since: MonotonicClock.now()) {
                () throws(SocketFault) in try connection.drop(words)
            }
        case .ban(let words):
            return (try? connection.drop(words)) == .cleared
        case .change(let key, let value, let words):
            return change(key, value, words, on: &connection)
        }
    }

    private mutating func read(_ keys: [String], on connection: inout OriginClient) -> Bool {
        let invoked = MonotonicClock.now()
        // A read without a reply says nothing.
        guard var outcomes = try? connection.read(keys) else { return false }
        let returned = MonotonicClock.now()
        for (number, key) in keys.enumerated() {
            if let former = formerReads[key], script.happens(.oldRead) { outcomes[number] = former }
            if case .found = outcomes[number] {
                // The first that was seen: there has been time for others to write.
                formerReads[key] = formerReads[key] ?? outcomes[number]
            }
            append(key, .get, outcomes[number], invoked, returned, number)
        }
        return true
    }

    /// A program's write, then what tells the server of it, whether it has failed or not.
    private mutating func change(
        _ key: String, _ value: Int64?, _ words: [String], on connection: inout OriginClient
    ) -> Bool {
        let invoked = MonotonicClock.now()
        let outcome = load.program(key, value)
        let command = value.map { KeyCommand.set($0, nil) } ?? .delete
        let done = value == nil ? KeyOutcome.cleared : .applied
        let isForgotten = script.happens(.forgottenBan)
        return note([key], command, since: invoked) { () throws(SocketFault) in
            let told = isForgotten ? .cleared : try connection.drop(words)
            guard told == .cleared else { return told }
            return switch outcome {
            case .done: done
            case .doubtful: .doubtful("by the program")
            case .late: .unknown
            }
        }
    }

    /// Records what `ask` brings for all `keys`; false if there was no reply.
    private mutating func note(
        _ keys: [String], _ command: KeyCommand, since invoked: Tick,
        _ ask: () throws(SocketFault) -> KeyOutcome
    ) -> Bool {
        let reply = try? ask()
        let outcome = reply ?? .unknown
        let returned = outcome == .unknown ? Tick.never : MonotonicClock.now()
        for (number, key) in keys.enumerated() {
            append(key, command, outcome, invoked, returned, number)
        }
        if outcome == .unknown { lives += 1 }
        return reply != nil
    }

    /// What one request does to several keys, several clients do at the same time.
    private mutating func append(
        _ key: String, _ command: KeyCommand, _ outcome: KeyOutcome, _ invoked: Tick,
        _ returned: Tick, _ number: Int
    ) {
        operations.append(
            RecordedOperation(
                client: client + lives * load.clients + number * 1_000_000, key: key,
                command: command, outcome: outcome, invoked: invoked, returned: returned))
    }
}
