import CSocket
import Glibc

/// SIGTERM, SIGINT and SIGHUP as something to read.
///
/// The signals are blocked in the thread that makes it and in all threads started from it later;
/// so it is made before any other thread.
package final class Signals: Sendable {
    let descriptor: Int32

    init() throws(RuntimeError) {
        descriptor = csocket_open_signals()
        guard descriptor >= 0 else {
            throw .cannotStart(what: "signal handling", cause: Sockets.errorText())
        }
    }

    /// Blocks them here and in all threads started from this one later, for who starts some before
    /// it makes a `LoopGroup`: one thread that does not block a signal is ended by it, and all with
    /// it.
    package static func block() {
        _ = csocket_block_signals()
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// The next signal that came.
    static func next(from descriptor: Int32) -> Int32? {
        let signal = csocket_next_signal(descriptor)
        return signal == 0 ? nil : signal
    }
}
