import Glibc
import LarderTesting
import Testing

@testable import LarderCore

/// The queue between tasks and threads of Larder's own, and these threads.
@Suite struct WorkQueueTests {
    @Test func `what was put first is taken first`() {
        let queue = WorkQueue<Int>()
        for number in 0..<100 { #expect(queue.put(number)) }
        for number in 0..<60 { #expect(queue.take() == number) }
        for number in 100..<200 { #expect(queue.put(number)) }
        for number in 60..<200 { #expect(queue.take() == number) }
    }

    @Test func `too many are refused`() {
        let queue = WorkQueue<Int>(waitingMax: 2)
        #expect(queue.put(1) && queue.put(2))
        #expect(!queue.put(3))
        #expect(queue.take() == 1)
        #expect(queue.put(4))
    }

    @Test func `each of several threads ends after what waits is taken`() {
        let queue = WorkQueue<Int>()
        for number in 0..<1000 { _ = queue.put(number) }
        queue.close(threadCount: 3)
        #expect(!queue.put(0), "a closed queue takes nothing")
        let taken = Guarded<[Int]>([])
        _ = onThreads(3) { _ in
            while let number = queue.take() { taken.withLock { $0.append(number) } }
        }
        #expect(taken.withLock { $0.sorted() } == Array(0..<1000))
    }

    @Test func `a thread takes what is put later`() {
        let (questions, answers) = (WorkQueue<Int>(), WorkQueue<Int>())
        let isStarted = WorkerThread.start(named: "squares") {
            while let number = questions.take() { _ = answers.put(number * number) }
            answers.close(threadCount: 1)
        }
        #expect(isStarted)
        for number in 0..<100 {
            #expect(questions.put(number))
            #expect(answers.take() == number * number)
        }
        questions.close(threadCount: 1)
        #expect(answers.take() == nil)
    }

    /// A program that blocks in its tasks must not keep Larder from loading.
    @Test func `its tasks run while all threads that tasks share are blocked`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            _ = alarm(20)
            let never = WorkQueue<Int>()
            for _ in 0..<256 { Task { never.take() } }
            // Behind the others, were it on their threads; and this one waits too.
            Task(executorPreference: WorkerExecutor.shared) {
                await Task.yield()
                exit(7)
            }
            _ = never.take()
        }
    }
}
