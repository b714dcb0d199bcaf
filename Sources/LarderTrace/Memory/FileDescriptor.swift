import Glibc

/// An open file, closed when it goes out of scope.
@safe struct FileDescriptor: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Opens a file to read from it.
    init(reading path: String) throws(TraceError) {
        let opened = try Self.open(path, flags: O_RDONLY)
        self.path = path
        descriptor = opened
    }

    /// Creates a file, or empties one, to write to it.
    init(writing path: String) throws(TraceError) {
        let opened = try Self.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        self.path = path
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Bytes of the file, 0 for a pipe.
    var byteCount: Int {
        var info = stat()
        guard unsafe fstat(descriptor, &info) == 0 else { return 0 }
        return info.st_mode & S_IFMT == S_IFREG ? Int(info.st_size) : 0
    }

    /// Reads into `buffer[range]` and returns the number of bytes, 0 at the end of the file.
    func read(into buffer: inout [UInt8], range: Range<Int>) throws(TraceError) -> Int {
        precondition(range.upperBound <= buffer.count, "A read stays within its buffer.")
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
                return unsafe Glibc.read(descriptor, part.baseAddress, part.count)
            }
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw TraceError(.cannotRead(reason: Self.lastReason()), path: path)
            }
        }
    }

    /// Writes all of `bytes`.
    func write(_ bytes: ArraySlice<UInt8>) throws(TraceError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { part in
                unsafe Glibc.write(descriptor, part.baseAddress, part.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw TraceError(.cannotWrite(reason: Self.lastReason()), path: path)
            }
        }
    }

    /// Gives the file another name, in place of what had that name before.
    static func rename(_ path: String, to newPath: String) throws(TraceError) {
        guard unsafe Glibc.rename(path, newPath) == 0 else {
            throw TraceError(.cannotWrite(reason: lastReason()), path: newPath)
        }
    }

    /// Removes a file, if there is one.
    static func remove(_ path: String) {
        _ = unsafe unlink(path)
    }

    private static func open(_ path: String, flags: Int32) throws(TraceError) -> Int32 {
        let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw TraceError(.cannotOpen(reason: lastReason()), path: path)
        }
        return descriptor
    }

    private static func lastReason() -> String {
        unsafe String(cString: strerror(errno))
    }
}
