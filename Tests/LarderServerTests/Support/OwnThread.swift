import Glibc
import LarderCore
import LarderTesting
import Testing

/// Runs tests on threads of their own: while they block, the tasks of the server that they talk to
/// need the few threads that tasks have.
struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await body() }
        await Turns.shared.take()
        defer { Turns.shared.give() }
        try await withTaskExecutorPreference(ThreadExecutor()) { try await body() }
    }
}

extension Trait where Self == OwnThread {
    /// Runs each test on a thread of its own.
    static var onOwnThread: Self { OwnThread() }
}

/// As many tests at a time as there were threads for them without this.
private final class Turns: Sendable {
    private struct State {
        var free = max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    static let shared = Turns()
    private let state = Guarded(State())

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func give() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}

private final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        BlockingThread { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }.detach()
    }
}
