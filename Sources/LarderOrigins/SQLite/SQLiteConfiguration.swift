/// Which SQLite file is read and written, and by how much at once.
public struct SQLiteConfiguration: Hashable, Sendable {
    /// The file. It must exist.
    public var path: String
    /// Threads that read, each with a connection of its own. Two keep a slow statement from
    /// stopping all others; more than the disk's depth are idle.
    public var readerCount = 2
    /// Longest time for a call, from the call to its end: waiting for a thread, for a lock of
    /// another program, and the statement.
    public var timeout: Duration = .seconds(5)
    /// Calls that wait; one more is refused as `overloaded`.
    public var waitingMax = 1_024
    /// Largest value.
    public var valueBytesMax = 16 << 20
    /// Whether the file is switched to a write-ahead log, so that readers and the writer do not
    /// wait for each other. The file stays so.
    public var usesWriteAheadLog = true

    /// The file at `path`.
    public init(path: String) {
        self.path = path
    }

    /// Checks what would fail at the first call.
    public func validate() throws(OriginConfigurationError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw .init(field: "path", problem: "is empty, or holds a zero")
        }
        guard (1...64).contains(readerCount) else {
            throw .init(field: "readerCount", problem: "\(readerCount) is not from 1 to 64")
        }
        guard timeout >= .milliseconds(1), timeout <= .seconds(3_600) else {
            throw .init(field: "timeout", problem: "must be from 1ms to 1h")
        }
        guard waitingMax >= 1, waitingMax <= 1 << 20 else {
            throw .init(field: "waitingMax", problem: "\(waitingMax) is not from 1 to 1048576")
        }
        guard valueBytesMax >= 1, valueBytesMax <= 1_000_000_000 else {
            throw .init(field: "valueBytesMax", problem: "is not from 1 to 1000000000")
        }
    }
}
