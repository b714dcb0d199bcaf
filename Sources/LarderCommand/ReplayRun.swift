import Glibc
import Synchronization

/// A replay under way: threads that work through one trace, and whoever watches them.
final class ReplayRun: Sendable {
    let options: ReplayOptions
    let address: ReplayAddress
    let source: ReplaySource

    private let stopped = Atomic<Bool>(false)
    private let requestCount = Atomic<Int>(0)
    private let hitCount = Atomic<Int>(0)
    private let outcome = Mutex(ReplayOutcome())

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
        let start = MonotonicClock.nanoseconds
        let finished = CountingSignal()
        for index in 0..<options.threads {
            let share = (options.connections + index) / options.threads
            WorkerThread.start { [self] in
                work(connectionCount: share)
                finished.signal()
            }
        }
        var finishedCount = 0
        while finishedCount < options.threads {
            finishedCount += finished.wait(milliseconds: 200)
            watch(Double(MonotonicClock.nanoseconds - start) / 1e9)
        }
        var result = outcome.withLock { $0 }
        result.seconds = Double(MonotonicClock.nanoseconds - start) / 1e9
        return result
    }

    private func work(connectionCount: Int) {
        var worker = ReplayWorker(self, connectionCount: connectionCount)
        var failure: CommandFailure?
        do throws(CommandFailure) {
            try worker.work()
        } catch {
            failure = error
            // The others would go on with a part of the load only, which nobody asked for.
            stop()
        }
        outcome.withLock { outcome in
            outcome.tally.merge(worker.tally)
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

/// A thread of its own, for work that waits in the system.
enum WorkerThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `body` on a new thread, which ends with it.
    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        guard code == 0 else { fatalError("The system gave no thread (errno \(code)).") }
        pthread_detach(thread)
    }
}

/// Counts signals of threads, for one thread that waits for them.
final class CountingSignal: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { fatalError("The system gave no pipe (\(errno)).") }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func signal() {
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Waits so long at most, and returns the number of signals since the last call.
    func wait(milliseconds: Int32) -> Int {
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&entry, 1, milliseconds) > 0 else { return 0 }
        var bytes = [UInt8](repeating: 0, count: 256)
        return max(0, unsafe read(readEnd, &bytes, bytes.count))
    }
}
