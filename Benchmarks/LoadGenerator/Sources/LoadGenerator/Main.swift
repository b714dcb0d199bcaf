import Glibc

/// Drives a RESP or memcached server with a fixed number of requests and prints what came of it.
///
/// Exits with 1 when a reply was wrong, refused or missing, and with 2 for a bad command line.
@main
struct Main {
    static func main() {
        do throws(UsageFailure) {
            let plan = try Plan(arguments: Array(CommandLine.arguments.dropFirst()))
            exit(run(plan) ? 0 : 1)
        } catch {
            complain(error.message)
            exit(2)
        }
    }

    private static func run(_ plan: Plan) -> Bool {
        do throws(LoadFailure) {
            var workers: [Worker] = []
            for index in 0..<plan.threads {
                workers.append(try Worker(plan.share(index, of: plan.threads)))
            }
            return run(plan, workers)
        } catch {
            complain(error.message)
            return false
        }
    }

    private static func run(_ plan: Plan, _ workers: [Worker]) -> Bool {
        if plan.warmup > 0 {
            let warm = Main.load(workers) { plan.share($0, of: plan.threads).warmup }.tally
            guard warm.isClean else { return report(warm, seconds: 0) }
        }
        if plan.hold { waitForReader("warm") }
        let (tally, seconds) = Main.load(workers) { plan.share($0, of: plan.threads).requests }
        if plan.hold { waitForReader("done") }
        return report(tally, seconds: seconds)
    }

    /// Runs all workers, each in its own thread, to their end.
    private static func load(
        _ workers: [Worker], requests: (Int) -> Int
    ) -> (tally: Tally, seconds: Double) {
        let start = Clock.now()
        let threads = workers.indices.map { index in
            let count = requests(index)
            return WorkerThread(workers[index], requests: count)
        }
        for thread in threads { thread.join() }
        var sum = Tally()
        for worker in workers { sum.merge(worker.tally) }
        return (sum, Double(Clock.now() &- start) / 1e9)
    }

    private static func report(_ tally: Tally, seconds: Double) -> Bool {
        print(tally.report(seconds: seconds))
        return tally.isClean
    }

    private static func waitForReader(_ state: String) {
        print(state)
        fflush(nil)
        _ = readLine()
    }

    private static func complain(_ text: String) {
        let line = "larder-load: \(text)\n"
        _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
    }
}

/// A thread that runs one worker once.
private struct WorkerThread {
    private final class Start {
        let worker: Worker
        let requests: Int

        init(_ worker: Worker, _ requests: Int) {
            self.worker = worker
            self.requests = requests
        }
    }

    private var thread = pthread_t()

    init(_ worker: Worker, requests: Int) {
        let start = unsafe Unmanaged.passRetained(Start(worker, requests)).toOpaque()
        let status = unsafe pthread_create(
            &thread, nil,
            { raw in
                guard let raw = unsafe raw else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
                start.worker.run(requests: start.requests)
                return nil
            }, start)
        precondition(status == 0, "The system starts a thread.")
    }

    func join() {
        pthread_join(thread, nil)
    }
}
