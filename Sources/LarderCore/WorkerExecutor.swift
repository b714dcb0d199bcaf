/// Runs the tasks of sources: what they do between their questions is short, and must not wait
/// until a program that Larder is a part of lets go of the threads that all its tasks share.
///
/// One thread, started by the first task; it ends with the process.
package final class WorkerExecutor: TaskExecutor {
    /// The only one, as a task's executor must outlive it.
    package static let shared = WorkerExecutor()

    private let jobs = WorkQueue<UnownedJob>()

    private init() {
        let jobs = jobs
        let isStarted = WorkerThread.start(named: "larder-loads") {
            let executor = unsafe Self.shared.asUnownedTaskExecutor()
            while let job = jobs.take() { unsafe job.runSynchronously(on: executor) }
        }
        if !isStarted { jobs.close(threadCount: 0) }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        // Without a thread they run where all tasks do.
        if !jobs.put(unowned) { globalConcurrentExecutor.enqueue(unowned) }
    }
}
