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
        try await withTaskExecutorPreference(ThreadExecutor()) { try await body() }
    }
}

extension Trait where Self == OwnThread {
    /// Runs each test on a thread of its own.
    static var onOwnThread: Self { OwnThread() }
}

private final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        BlockingThread { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }.detach()
    }
}
