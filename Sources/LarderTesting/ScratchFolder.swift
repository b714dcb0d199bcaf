import Glibc
import LarderCore

/// A folder for one test, removed with its files when the test ends.
package final class ScratchFolder: Sendable {
    /// Where it is.
    package let path: String
    private let names: [String]

    /// A folder in which the test will have files of these names.
    package init(_ names: [String]) throws(SocketFault) {
        // Where the C library has its own such files, whatever TMPDIR says: the path is short, and
        // the same wherever the tests run. `mkdtemp` makes a folder that was not there, for this
        // user alone, so nobody can foresee its name, or put a link in its place.
        var template = Array("\(P_tmpdir)/larder-scratch-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw .refused(call: "mkdtemp", number: errno)
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.names = names
    }

    deinit {
        for name in names { _ = unsafe unlink("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }

    /// The path of a file.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file anew, and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) -> String {
        let bytes = Array(text.utf8)
        let file = unsafe open(self.file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let count = unsafe Glibc.write(file, bytes, bytes.count)
        precondition(count == bytes.count, "A small file can be written.")
        close(file)
        return self.file(name)
    }

    /// Makes a pipe, which a reader waits for.
    package func makePipe(_ name: String) {
        let failure = unsafe mkfifo(file(name), 0o600)
        precondition(failure == 0, "A scratch folder takes a pipe.")
    }

    /// Runs `body` as soon as somebody reads a pipe, who gets `text` when it has ended. Fails when
    /// nobody does within ten seconds.
    package func whileReading(
        _ name: String, _ text: String, _ body: () throws -> Void
    ) throws {
        let end = MonotonicClock.now().nanoseconds + 10_000_000_000
        var pipe = unsafe open(file(name), O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        while pipe < 0 {
            guard errno == ENXIO, MonotonicClock.now().nanoseconds < end else {
                throw SocketFault.refused(call: "open", number: errno)
            }
            sched_yield()
            pipe = unsafe open(file(name), O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        }
        defer {
            let bytes = Array(text.utf8)
            _ = unsafe Glibc.write(pipe, bytes, bytes.count)
            close(pipe)
        }
        try body()
    }

    /// Removes a file.
    package func remove(_ name: String) { _ = unsafe unlink(file(name)) }

    /// What a file holds; `nil` when there is none.
    package func text(of name: String) -> String? {
        let file = unsafe open(self.file(name), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
