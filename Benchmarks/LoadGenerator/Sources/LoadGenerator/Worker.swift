import Glibc

enum Clock {
    /// Monotonic nanoseconds.
    static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

/// A thread's share of the load, over connections that stay open between two runs.
final class Worker {
    /// Longer than any pause that a server under test may take.
    private static let silenceSecondsMax = 30

    private let plan: Plan
    private var connections: [Connection] = []
    private var poller: Poller
    private var stream: KeyStream
    private var unsent = 0
    private var busy = 0
    private(set) var tally = Tally()

    init(_ plan: Plan) throws(LoadFailure) {
        self.plan = plan
        let conversation = Conversation(plan)
        poller = Poller(capacity: plan.connections)
        stream = KeyStream(plan)
        for index in 0..<plan.connections {
            let connection = try Connection(plan, conversation)
            poller.add(connection.socket, as: index)
            connections.append(connection)
        }
    }

    /// Sends that many requests and takes all replies. `tally` is about this run only; a failure
    /// is in it.
    func run(requests: Int) {
        tally = Tally()
        (unsent, busy) = (requests, 0)
        do throws(LoadFailure) {
            try exchange()
        } catch {
            tally.firstFailure = tally.firstFailure ?? error.message
        }
    }

    private func exchange() throws(LoadFailure) {
        for index in connections.indices where unsent > 0 {
            busy += 1
            try sendNext(index)
        }
        while busy > 0, tally.wrong == 0 {
            try poller.wait(secondsMax: Worker.silenceSecondsMax) { index throws(LoadFailure) in
                try advance(index)
            }
        }
    }

    private func advance(_ index: Int) throws(LoadFailure) {
        let connection = connections[index]
        if connection.hasUnsentBytes {
            try connection.flush()
            if !connection.hasUnsentBytes {
                poller.watchWriting(false, connection.socket, as: index)
            }
        }
        try connection.receive(into: &tally)
        guard connection.isAnswered, !connection.hasUnsentBytes else { return }
        if unsent > 0 {
            try sendNext(index)
        } else {
            busy -= 1
        }
    }

    private func sendNext(_ index: Int) throws(LoadFailure) {
        let count = min(plan.pipeline, unsent)
        unsent -= count
        try connections[index].send(count, of: &stream)
        if connections[index].hasUnsentBytes {
            poller.watchWriting(true, connections[index].socket, as: index)
        }
    }
}
