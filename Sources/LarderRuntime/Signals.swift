import CSocket
import Glibc

/// SIGTERM, SIGINT and SIGHUP as something to read.
///
/// The signals are blocked in the thread that makes it and in all threads started from it later;
/// so it is made before any other thread.
final class Signals: Sendable {
    let descriptor: Int32

    init() throws(RuntimeError) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, signal) }
        _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        descriptor = unsafe signalfd(
            -1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
        guard descriptor >= 0 else {
            throw .cannotStart(what: "signal handling", cause: Sockets.errorText())
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// The next signal that came.
    static func next(from descriptor: Int32) -> Int32? {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard unsafe read(descriptor, &info, size) == size else { return nil }
        return Int32(bitPattern: info.ssi_signo)
    }
}
