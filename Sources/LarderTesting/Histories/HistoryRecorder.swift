import Glibc
import LarderCore

extension HistoryLoad {
    /// Runs the load and returns what each client saw.
    ///
    /// It blocks until all clients are done, and begins by deleting its keys: histories start with
    /// nothing.
    package func record() throws(SocketFault) -> [RecordedOperation] {
        try wipe()
        let start = MonotonicClock.now()
        let load = self
        let runs = onThreads(clients) { client in
            var run = ClientRun(load: load, client: client, start: start)
            run.perform()
            return run.result
        }
        var history: [RecordedOperation] = []
        for run in runs { history += try run.get() }
        return history
    }

    private func wipe() throws(SocketFault) {
        if let resp {
            var client = try RESPKeyClient(to: resp, expectedErrors: expectedErrors)
            try wipe(through: &client)
        } else if let text {
            var client = try TextKeyClient(to: text, expectedErrors: expectedErrors)
            try wipe(through: &client)
        }
    }

    private func wipe(through client: inout some KeyClient & ~Copyable) throws(SocketFault) {
        for index in 0..<keys {
            _ = try client.reply(to: KeyRequest(key: key(index), command: .delete))
        }
    }
}

/// One client's part of a history.
private struct ClientRun {
    let load: HistoryLoad
    let client: Int
    let start: Tick
    private var script: HistoryScript
    private var operations: [RecordedOperation] = []
    /// A client whose reply was lost goes on as another: its request may still be under way.
    private var lives = 0
    private var fault: SocketFault?

    init(load: HistoryLoad, client: Int, start: Tick) {
        self.load = load
        self.client = client
        self.start = start
        script = HistoryScript(load: load, client: client)
    }

    var result: Result<[RecordedOperation], SocketFault> {
        fault.map { .failure($0) } ?? .success(operations)
    }

    /// Each lost reply costs a connection; a server that drops many is not worth more patience.
    private static let livesMax = 20

    mutating func perform() {
        while operations.count < load.operationsPerClient, fault == nil, lives < Self.livesMax {
            do {
                if load.isRESP(client: client), let address = load.resp {
                    var connection = try RESPKeyClient(
                        to: address, expectedErrors: load.expectedErrors)
                    perform(on: &connection)
                } else if let address = load.text {
                    var connection = try TextKeyClient(
                        to: address, expectedErrors: load.expectedErrors)
                    perform(on: &connection)
                }
            } catch {
                fault = error
            }
            lives += 1
        }
        if operations.count < load.operationsPerClient, fault == nil { fault = .noReply(number: 0) }
    }

    /// Returns when all is done or a reply did not come.
    private mutating func perform(on connection: inout some KeyClient & ~Copyable) {
        while operations.count < load.operationsPerClient {
            if let spread = load.spread {
                let share = spread * operations.count / load.operationsPerClient
                MonotonicClock.wait(until: start.advanced(by: share))
            }
            let request = script.next()
            let invoked = MonotonicClock.now()
            let outcome = (try? connection.reply(to: request)) ?? .unknown
            let returned = outcome == .unknown ? Tick.never : MonotonicClock.now()
            operations.append(
                RecordedOperation(
                    client: client + lives * load.clients, key: request.key,
                    command: request.command, outcome: outcome, invoked: invoked,
                    returned: returned))
            guard outcome != .unknown else { return }
            script.learn(outcome, of: request)
            guard let key = script.filler(), let filler = load.filler else { continue }
            guard (try? connection.fill(key, byteCount: filler.byteCount)) != nil else { return }
        }
    }
}
