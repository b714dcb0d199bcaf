import Glibc

/// A thread of its own, for work that waits in the system or in a C library.
package enum WorkerThread {
    private final class Body: Sendable {
        let name: StaticString
        let run: @Sendable () -> Void

        init(_ name: StaticString, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Runs `body` on a new thread, which ends with it.
    ///
    /// - Parameters:
    ///   - name: What top and debuggers show: 15 bytes of it.
    ///   - body: What it does.
    /// - Returns: Whether the system gave a thread.
    package static func start(
        named name: StaticString, _ body: @escaping @Sendable () -> Void
    ) -> Bool {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Body(name, body))
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                WorkerThread.setName(body.name)
                body.run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Names the calling thread. A name is for people: nothing fails without.
    private static func setName(_ name: StaticString) {
        let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = unsafe write(file, name.utf8Start, min(name.utf8CodeUnitCount, 15))
        close(file)
    }
}
