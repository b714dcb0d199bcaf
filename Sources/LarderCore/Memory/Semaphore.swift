import Glibc

/// A count that threads wait for: each `wait` takes one, and sleeps while there is none.
///
/// Any thread may call it.
///
/// Safety: `semaphore` points to memory that this object alone owns, from `init` to `deinit`, and
/// nothing else reaches it. What is done with it meanwhile, `sem_post` and `sem_wait`, POSIX allows
/// from any threads at once. Who calls holds a reference, so nobody waits when `deinit` ends it.
@safe package final class Semaphore: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    /// A count of 0.
    package init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe sem_init(semaphore, 0, 0)
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    /// Adds one, and wakes a thread that waits for it.
    package func post() { _ = unsafe sem_post(semaphore) }

    /// Takes one, when there is one. A signal does not end the wait.
    package func wait() {
        while unsafe sem_wait(semaphore) != 0 {}
    }
}
