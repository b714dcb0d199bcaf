import Glibc

/// Counts signals of threads, for one thread that waits for them.
final class CountingSignal: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    /// `nil` if the system gives no pipe.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func signal() {
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Waits so long at most, and returns the number of signals since the last call.
    func wait(milliseconds: Int32) -> Int {
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&entry, 1, milliseconds) > 0 else { return 0 }
        var bytes = [UInt8](repeating: 0, count: 256)
        return max(0, unsafe read(readEnd, &bytes, bytes.count))
    }
}
