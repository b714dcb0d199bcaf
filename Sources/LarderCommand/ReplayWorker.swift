import Glibc
import LarderCore
import LarderTrace

/// One thread of a replay, with its connections.
struct ReplayWorker: ~Copyable {
    private let run: ReplayRun
    private let connectionCount: Int
    private var feed: ReplayFeed
    private var values = ReplayValues()
    private var connections: [ReplayConnection] = []
    private var polls: [pollfd] = []
    private var lastAnswerAt = MonotonicClock.now().nanoseconds
    private var publishedCounts = (requests: 0, hits: 0)
    /// What was counted so far.
    private(set) var tally = ReplayTally()

    init(_ run: ReplayRun, connectionCount: Int) {
        self.run = run
        self.connectionCount = connectionCount
        feed = ReplayFeed(run.source, run.options)
    }

    /// Replays until the trace ends or the run is stopped.
    mutating func work() throws(CommandFailure) {
        for _ in 0..<connectionCount {
            connections.append(ReplayConnection(try run.address.connect(), run.options))
        }
        lastAnswerAt = MonotonicClock.now().nanoseconds
        for connection in connections { try begin(connection) }
        while !run.isStopped, connections.contains(where: { !$0.isIdle }) {
            // One connection that has sent all waits in the receive itself, which saves a call.
            if connections.count == 1, connections[0].isFlushed {
                try receive(connections[0], waiting: true)
            } else {
                try pollOnce()
            }
            publish()
            try checkSilence()
        }
        if let failure = feed.failure { throw .failure(failure.description) }
    }

    private mutating func pollOnce() throws(CommandFailure) {
        polls.removeAll(keepingCapacity: true)
        for connection in connections {
            let events = connection.isFlushed ? POLLIN : POLLIN | POLLOUT
            let descriptor = connection.isIdle ? -1 : connection.socket.descriptor
            polls.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
        }
        let wait = Int32(ReplaySocket.waitMilliseconds)
        guard unsafe poll(&polls, nfds_t(polls.count), wait) > 0 else { return }
        for (entry, connection) in zip(polls, connections) where entry.revents != 0 {
            if entry.revents & Int16(POLLOUT) != 0, let reason = connection.send() {
                try reopen(connection, reason)
            } else if entry.revents & ~Int16(POLLOUT) != 0 {
                try receive(connection, waiting: false)
            }
        }
    }

    private mutating func receive(
        _ connection: ReplayConnection, waiting: Bool
    ) throws(CommandFailure) {
        let lossReason: String?
        do throws(ReplayReplyFailure) {
            lossReason = try connection.receive(waiting: waiting, into: &tally)
        } catch {
            throw .failure(
                "\(run.address) answered '\(error.line)', which is not \(run.options.dialect)")
        }
        if let lossReason { return try reopen(connection, lossReason) }
        if connection.isIdle { try begin(connection) }
    }

    private mutating func begin(_ connection: ReplayConnection) throws(CommandFailure) {
        let now = MonotonicClock.now().nanoseconds
        if let reason = connection.begin(from: &feed, values: &values, now: now) {
            try reopen(connection, reason)
        }
    }

    /// Connects again in place of a lost connection; but one that never answered is not worth it.
    private mutating func reopen(
        _ connection: ReplayConnection, _ reason: String
    ) throws(CommandFailure) {
        guard connection.hasAnswered else { throw .failure("\(run.address): \(reason)") }
        let lost = connection.reopen(try run.address.connect())
        tally.noteError("connection lost: \(reason)", count: lost)
        try begin(connection)
    }

    /// Tells the others how far this thread is.
    private mutating func publish() {
        let requests = tally.requests
        guard requests > publishedCounts.requests else { return }
        run.add(
            requests: requests - publishedCounts.requests, hits: tally.hits - publishedCounts.hits)
        publishedCounts = (requests, tally.hits)
        lastAnswerAt = MonotonicClock.now().nanoseconds
    }

    private func checkSilence() throws(CommandFailure) {
        let silence = MonotonicClock.now().nanoseconds - lastAnswerAt
        let most = run.options.silenceSecondsMax
        guard silence > UInt64(most) * 1_000_000_000 else { return }
        throw .failure("\(run.address) has not answered for \(most) seconds")
    }
}
