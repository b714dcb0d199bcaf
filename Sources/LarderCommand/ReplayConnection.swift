import LarderCore

/// A connection of a replay: its socket and its conversation. One thread owns it.
final class ReplayConnection {
    private(set) var socket: ReplaySocket
    private var exchange: ReplayExchange
    private var sentCount = 0
    /// Whether the server answered anything since the connection was opened.
    private(set) var hasAnswered = false

    init(_ socket: consuming ReplaySocket, _ options: ReplayOptions) {
        self.socket = socket
        exchange = ReplayExchange(options)
    }

    var isIdle: Bool { exchange.inFlightCount == 0 }
    /// Whether the whole batch is sent.
    var isFlushed: Bool { sentCount == exchange.output.count }

    /// Starts the next batch, if there is one.
    ///
    /// - Returns: Why the connection is lost, if it is.
    func begin(
        from feed: inout ReplayFeed, values: inout ReplayValues, now: UInt64
    ) -> String? {
        sentCount = 0
        guard exchange.prepare(from: &feed, values: &values, now: now) else { return nil }
        return send()
    }

    /// Sends what the system takes now.
    ///
    /// - Returns: Why the connection is lost, if it is.
    func send() -> String? {
        while !isFlushed {
            switch socket.send(exchange.output, from: sentCount) {
            case .moved(let count): sentCount += count
            case .wouldBlock: return nil
            case .closed(let reason): return reason
            }
        }
        return nil
    }

    /// Receives once and counts what came.
    ///
    /// - Returns: Why the connection is lost, if it is.
    func receive(
        waiting: Bool, into tally: inout ReplayTally
    ) throws(ReplayReplyFailure) -> String? {
        let end = exchange.inputEnd
        switch socket.receive(into: &exchange.input, from: end, waiting: waiting) {
        case .moved(let count):
            hasAnswered = true
            try exchange.absorb(count, now: MonotonicClock.now().nanoseconds, into: &tally)
            return nil
        case .wouldBlock: return nil
        case .closed(let reason): return reason
        }
    }

    /// Goes on with another socket.
    ///
    /// - Returns: Operations whose answers are lost.
    func reopen(_ socket: consuming ReplaySocket) -> Int {
        self.socket = socket
        hasAnswered = false
        sentCount = exchange.output.count
        return exchange.abandon()
    }
}
