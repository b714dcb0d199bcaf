import LarderCore

extension TransferLoad {
    /// Sets the accounts up, runs all clients, and returns what they saw.
    ///
    /// It blocks until all are done.
    package func record() throws(SocketFault) -> TransferRecord {
        var teller = try TransferClient(load: self, number: clients)
        for account in 0..<accounts {
            _ = try teller.ask(["SET", key(account), "\(amount)"])
        }
        let load = self
        let runs = onThreads(clients) { number -> Result<TransferRecord, SocketFault> in
            do throws(SocketFault) {
                var client = try TransferClient(load: load, number: number)
                for _ in 0..<load.transfersPerClient { try client.act() }
                return .success(client.record)
            } catch {
                return .failure(error)
            }
        }
        var record = TransferRecord()
        for run in runs {
            let part = try run.get()
            record.steps += part.steps
            record.broken += part.broken
        }
        try teller.look()
        record.steps += teller.record.steps
        record.balances = (0..<accounts).compactMap { teller.record.steps.last?.reads[$0] }
        return record
    }
}

/// One client's connection and what it saw.
private struct TransferClient: ~Copyable {
    private let load: TransferLoad
    private let number: Int
    private var socket: BlockingSocket
    private var random: SeededRandom
    private(set) var record = TransferRecord()

    init(load: TransferLoad, number: Int) throws(SocketFault) {
        self.load = load
        self.number = number
        socket = try BlockingSocket.connected(to: load.resp)
        random = SeededRandom(seed: load.seed &* 1_000_003 &+ UInt64(number))
    }

    /// A transfer of either kind, or a look at all accounts.
    mutating func act() throws(SocketFault) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: try transferWatching()
        case 6..<8: try transferCounting()
        default: try look()
        }
    }

    /// Reads all accounts at once.
    mutating func look() throws(SocketFault) {
        let invoked = MonotonicClock.now()
        let balances = try ask(["MGET"] + (0..<load.accounts).map(load.key))
        let reads = Dictionary(uniqueKeysWithValues: balances.enumerated().map { ($0, $1) })
        note(reads: reads, writes: [:], since: invoked)
    }

    /// Reads two accounts that are watched, and writes both if nobody else has.
    private mutating func transferWatching() throws(SocketFault) {
        let (from, to, amount) = draw()
        let (source, target) = (load.key(from), load.key(to))
        if !happens(.forgottenWatch) { _ = try ask(["WATCH", source, target]) }
        let before = try ask(["GET", source]) + ask(["GET", target])
        guard before.count == 2 else { return }
        let after = [before[0] - amount, before[1] + amount]
        let invoked = MonotonicClock.now()
        let isDone = try transact([
            ["SET", source, "\(after[0])"], ["SET", target, "\(after[1])"],
        ])
        guard isDone != nil else {
            record.broken += 1
            return
        }
        note(
            reads: [from: before[0], to: before[1]], writes: [from: after[0], to: after[1]],
            since: invoked)
    }

    /// Counts two accounts, whatever they hold.
    private mutating func transferCounting() throws(SocketFault) {
        let (from, to, amount) = draw()
        let invoked = MonotonicClock.now()
        let after = try transact([
            ["DECRBY", load.key(from), "\(amount)"], ["INCRBY", load.key(to), "\(amount)"],
        ])
        guard let after, after.count == 2 else { return }
        note(
            reads: [from: after[0] + amount, to: after[1] - amount],
            writes: [from: after[0], to: after[1]], since: invoked)
    }

    private mutating func draw() -> (from: Int, to: Int, amount: Int64) {
        let from = Int.random(in: 0..<load.accounts, using: &random)
        let distance = Int.random(in: 1..<load.accounts, using: &random)
        return (
            from, (from + distance) % load.accounts, Int64.random(in: 1...9, using: &random)
        )
    }

    private mutating func happens(_ fault: TransferLoad.Fault) -> Bool {
        load.fault == fault && random.happens(TransferLoad.faultShare)
    }

    private mutating func note(reads: [Int: Int64], writes: [Int: Int64], since invoked: Tick) {
        record.steps.append(
            RecordedStep(
                client: number, reads: reads, writes: writes, invoked: invoked,
                returned: MonotonicClock.now()))
    }

    /// Runs commands in MULTI and EXEC; `nil` when a watch was broken.
    private mutating func transact(_ commands: [[String]]) throws(SocketFault) -> [Int64]? {
        if happens(.tornTransaction) {
            var numbers: [Int64] = []
            for command in commands { numbers += try ask(command) }
            return numbers
        }
        if happens(.runTwice) { _ = try sendTransaction(commands) }
        return try sendTransaction(commands)
    }

    private mutating func sendTransaction(_ commands: [[String]]) throws(SocketFault) -> [Int64]? {
        _ = try ask(["MULTI"])
        for command in commands { _ = try ask(command) }
        try socket.send(Self.encoded(["EXEC"]))
        let line = try socket.line()
        guard line != "*-1" else { return nil }
        return try numbers(behind: line)
    }

    /// Sends a command and returns the numbers in its reply.
    mutating func ask(_ words: [String]) throws(SocketFault) -> [Int64] {
        try socket.send(Self.encoded(words))
        return try numbers(behind: socket.line())
    }

    private mutating func numbers(behind line: String) throws(SocketFault) -> [Int64] {
        let count = Int(line.dropFirst()) ?? 0
        switch line.first {
        case ":": return [Int64(count)]
        case "$":
            guard count >= 0 else { return [] }
            let text = String(decoding: try socket.bytes(count + 2).dropLast(2), as: UTF8.self)
            return [Int64(text)].compactMap(\.self)
        case "*":
            var numbers: [Int64] = []
            for _ in 0..<max(0, count) { numbers += try self.numbers(behind: socket.line()) }
            return numbers
        default: return []
        }
    }

    private static func encoded(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        return bytes
    }
}
