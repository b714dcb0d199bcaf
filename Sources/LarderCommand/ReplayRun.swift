import LarderCore
import Synchronization

/// A replay under way: threads that work through one trace, and whoever watches them.
final class ReplayRun: Sendable {
    let options: ReplayOptions
    let address: ReplayAddress
    let source: ReplaySource

    private let stopped = Atomic<Bool>(false)
    private let requestCount = Atomic<Int>(0)
    private let hitCount = Atomic<Int>(0)
    private let outcome = Guarded(ReplayOutcome())

    init(_ source: ReplaySource, to address: ReplayAddress, _ options: ReplayOptions) {
        self.source = source
        self.address = address
        self.options = options
    }

    /// Requests answered so far, and how many were hits. May be read by any thread.
    var counts: (requests: Int, hits: Int) {
        (requestCount.load(ordering: .relaxed), hitCount.load(ordering: .relaxed))
    }

    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    /// Asks the threads to end soon: within `ReplaySocket.waitMilliseconds`.
    func stop() { stopped.store(true, ordering: .relaxed) }

    func add(requests: Int, hits: Int) {
        requestCount.add(requests, ordering: .relaxed)
        hitCount.add(hits, ordering: .relaxed)
    }

    /// Runs to the end of the trace, or until `watch` asks to stop.
    ///
    /// - Parameter watch: Called every 200 ms with the seconds since the start, on the caller's
    ///   thread.
    /// - Returns: What all threads together counted.
    func run(watch: (Double) -> Void) -> ReplayOutcome {
        let start = MonotonicClock.now()
        guard let finished = CountingSignal() else {
            return ReplayOutcome(failure: .failure("the system gave no pipe"))
        }
        var running = startThreads(finished)
        while running > 0 {
            running -= finished.wait(milliseconds: 200)
            watch(Self.seconds(since: start))
        }
        var result = outcome.withLock { $0 }
        result.seconds = Self.seconds(since: start)
        return result
    }

    private static func seconds(since start: Tick) -> Double {
        Double(MonotonicClock.now().nanoseconds - start.nanoseconds) / 1e9
    }

    /// Starts the threads and returns how many there are.
    private func startThreads(_ finished: CountingSignal) -> Int {
        for index in 0..<options.threads {
            let share = (options.connections + index) / options.threads
            let isStarted = WorkerThread.start(named: "larder-replay") { [self] in
                work(connectionCount: share)
                finished.signal()
            }
            guard isStarted else {
                note(ReplayTally(), .failure("the system gave no more than \(index) threads"))
                return index
            }
        }
        return options.threads
    }

    private func work(connectionCount: Int) {
        var worker = ReplayWorker(self, connectionCount: connectionCount)
        var failure: CommandFailure?
        do throws(CommandFailure) {
            try worker.work()
        } catch {
            failure = error
        }
        note(worker.tally, failure)
    }

    /// Adds what a thread came to. If it failed, the others stop too: they would go on with a part
    /// of the load, which nobody asked for.
    private func note(_ tally: ReplayTally, _ failure: CommandFailure?) {
        if failure != nil { stop() }
        outcome.withLock { outcome in
            outcome.tally.merge(tally)
            outcome.failure = outcome.failure ?? failure
        }
    }
}

/// What a replay came to.
struct ReplayOutcome: Sendable {
    var tally = ReplayTally()
    var seconds = 0.0
    /// Why it ended early, if it did.
    var failure: CommandFailure?
}
