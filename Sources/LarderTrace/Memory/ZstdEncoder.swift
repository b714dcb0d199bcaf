import CZstd

/// Compresses bytes into one zstd frame.
@safe struct ZstdEncoder: ~Copyable {
    private let stream: OpaquePointer
    private var target: [UInt8]

    /// `nil` if the system gives no memory.
    init?() {
        guard let stream = unsafe ZSTD_createCStream() else { return nil }
        unsafe self.stream = unsafe stream
        target = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
    }

    deinit { _ = unsafe ZSTD_freeCStream(stream) }

    /// Compresses all of `bytes`, ends the frame if they are the last, and hands each filled buffer
    /// to `write`.
    mutating func encode(
        _ bytes: [UInt8], isLast: Bool, write: (ArraySlice<UInt8>) throws(TraceError) -> Void
    ) throws(TraceError) {
        let directive = isLast ? ZSTD_e_end : ZSTD_e_continue
        var consumed = 0
        var isDone = false
        while !isDone {
            let (position, produced, left) = unsafe bytes.withUnsafeBytes { from in
                unsafe target.withUnsafeMutableBytes { into in
                    var reading = unsafe ZSTD_inBuffer(
                        src: from.baseAddress, size: from.count, pos: consumed)
                    var writing = unsafe ZSTD_outBuffer(
                        dst: into.baseAddress, size: into.count, pos: 0)
                    let left = unsafe ZSTD_compressStream2(stream, &writing, &reading, directive)
                    return unsafe (reading.pos, writing.pos, left)
                }
            }
            precondition(ZSTD_isError(left) == 0, "Compressing into enough room does not fail.")
            consumed = position
            try write(target[..<produced])
            isDone = isLast ? left == 0 : consumed == bytes.count
        }
    }
}
