import Glibc

/// Why the data folder cannot be used.
public enum DataFolderError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It is not there and cannot be made.
    case notCreated(path: String, reason: SystemError)
    /// Something else stands there.
    case notAFolder(path: String)
    /// The lock file in it cannot be opened.
    case notWritable(path: String, reason: SystemError)
    /// Another server uses it; `pid` is what its lock file says.
    case inUse(path: String, pid: Int?)

    /// A sentence with the path, and what to do.
    public var description: String {
        switch self {
        case .notCreated(let path, let reason):
            "the data folder '\(path)' cannot be created: \(reason); set 'data' to another one"
        case .notAFolder(let path):
            "the data folder '\(path)' is a file; set 'data' to a folder"
        case .notWritable(let path, let reason):
            "the data folder '\(path)' cannot be written: \(reason);"
                + " give this user the right to, or set 'data' to another one"
        case .inUse(let path, let pid):
            "the data folder '\(path)' is in use by another server"
                + (pid.map { " (process \($0))" } ?? "")
                + "; stop it, or set 'data' to another one"
        }
    }
}

/// The folder of one server, locked for as long as this value lives.
///
/// The lock belongs to the open file, so the system gives it back when the process ends, however it
/// ends. The file stays: removing it would let two servers lock two files of the same name.
@safe public struct DataFolder: ~Copyable, Sendable {
    /// Where it is, as configured.
    public let path: String
    private let lock: Int32

    /// The name of the lock file in the folder; it holds the process id of the owner.
    public static let lockName = "larder.lock"

    /// Creates the folder where it is missing, with its parents, and locks it.
    ///
    /// - Throws: `DataFolderError` with the path and the reason.
    public init(locking path: String) throws(DataFolderError) {
        try Self.create(path)
        let file = unsafe open("\(path)/\(Self.lockName)", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw .notWritable(path: path, reason: .last) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let reason = SystemError.last
            let pid = Self.readPID(file)
            close(file)
            guard reason.code == EWOULDBLOCK else {
                throw .notWritable(path: path, reason: reason)
            }
            throw .inUse(path: path, pid: pid)
        }
        self.path = path
        lock = file
        Self.writePID(file)
    }

    deinit {
        // A stale id would only mislead whoever reads the file.
        _ = ftruncate(lock, 0)
        close(lock)
    }

    private static func create(_ path: String) throws(DataFolderError) {
        let isAbsolute = path.hasPrefix("/")
        var current = isAbsolute ? "" : "."
        for name in path.split(separator: "/") {
            current += "/\(name)"
            // Only the owner and his group: values may be anybody's secrets.
            guard unsafe mkdir(current, 0o750) != 0 else { continue }
            let reason = SystemError.last
            if try isFolder(current) { continue }
            throw .notCreated(path: path, reason: reason)
        }
    }

    /// Whether there is a folder at `path`; false when there is nothing to be seen.
    private static func isFolder(_ path: String) throws(DataFolderError) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: path) }
        return true
    }

    private static func readPID(_ file: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = unsafe pread(file, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { (48...57).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// The id is for people; that it cannot be written (a full disk) is no reason not to run.
    private static func writePID(_ file: Int32) {
        let bytes = Array("\(getpid())\n".utf8)
        _ = ftruncate(file, 0)
        _ = unsafe pwrite(file, bytes, bytes.count, 0)
    }
}
