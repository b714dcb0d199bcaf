import CSocket
import Glibc
import LarderCore

/// A thread of the system that runs one loop.
final class LoopThread: Sendable {
    typealias Body = @Sendable (_ ready: () -> Void) throws(RuntimeError) -> Void

    /// What the thread is given. It lives until the thread ends.
    private final class Launch: Sendable {
        let name: String
        let body: Body
        let failure = Guarded<RuntimeError?>(nil)
        /// Readable once the loop serves, or has failed to.
        let gate: Int32

        init(_ name: String, _ body: @escaping Body) throws(RuntimeError) {
            self.name = name
            self.body = body
            gate = eventfd(0, Int32(EFD_CLOEXEC))
            guard gate >= 0 else {
                throw .cannotStart(what: name, cause: Sockets.errorText())
            }
        }

        deinit {
            Glibc.close(gate)
        }

        func run() {
            do throws(RuntimeError) {
                try body { _ = eventfd_write(gate, 1) }
            } catch {
                failure.withLock { $0 = error }
                _ = eventfd_write(gate, 1)
            }
        }
    }

    private let launch: Launch
    private let thread: pthread_t

    init(name: String, _ body: @escaping Body) throws(RuntimeError) {
        launch = try Launch(name, body)
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let launch = unsafe Unmanaged<Launch>.fromOpaque(context).takeRetainedValue()
                unsafe csocket_name_thread(launch.name)
                launch.run()
                return nil
            }, Unmanaged.passRetained(launch).toOpaque())
        guard result == 0 else {
            unsafe Unmanaged.passUnretained(launch).release()
            throw .cannotStart(what: name, cause: Sockets.errorText(result))
        }
        self.thread = thread
    }

    /// Waits for the loop to serve; throws what kept it from that.
    func waitUntilReady() throws(RuntimeError) {
        var count: eventfd_t = 0
        while unsafe eventfd_read(launch.gate, &count) != 0, errno == EINTR {}
        if let failure = launch.failure.withLock({ $0 }) { throw failure }
    }

    func join() {
        _ = pthread_join(thread, nil)
    }
}
