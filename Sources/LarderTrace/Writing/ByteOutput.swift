/// The bytes of a file to be, compressed if its name says so.
///
/// They go to a file beside it, which takes the name when it is complete: nobody reads half a
/// trace.
struct ByteOutput: ~Copyable {
    private static let flushBytes = 256 * 1024

    private let path: String
    private let partialPath: String
    private let file: FileDescriptor
    private var encoder: ZstdEncoder?
    private var isFinished = false
    /// Bytes not yet written.
    var buffer: [UInt8] = []

    init(path: String) throws(TraceError) {
        let partialPath = path + ".partial"
        let file = try FileDescriptor(writing: partialPath)
        let encoder = try TraceFormat.isCompressed(path: path) ? Self.makeEncoder(path) : nil
        self.path = path
        self.partialPath = partialPath
        self.file = file
        self.encoder = encoder
        buffer.reserveCapacity(Self.flushBytes + 4096)
    }

    deinit { if !isFinished { FileDescriptor.remove(partialPath) } }

    private static func makeEncoder(_ path: String) throws(TraceError) -> ZstdEncoder {
        guard let encoder = ZstdEncoder() else {
            throw TraceError(.cannotWrite(reason: "no memory is left"), path: path)
        }
        return encoder
    }

    /// Writes the buffer if it has grown large enough to be worth a system call.
    mutating func flushIfLarge() throws(TraceError) {
        if buffer.count >= Self.flushBytes { try flush(isLast: false) }
    }

    /// Writes what is left and gives the file its name.
    mutating func finish() throws(TraceError) {
        try flush(isLast: true)
        try FileDescriptor.rename(partialPath, to: path)
        isFinished = true
    }

    private mutating func flush(isLast: Bool) throws(TraceError) {
        if encoder == nil {
            try file.write(buffer[...])
        } else {
            try encoder?.encode(buffer, isLast: isLast) { part throws(TraceError) in
                try file.write(part)
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
