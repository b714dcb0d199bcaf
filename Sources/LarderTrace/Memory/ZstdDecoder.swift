import CZstd

/// Decompresses zstd frames as they come.
@safe struct ZstdDecoder: ~Copyable {
    /// What one step used up and brought forth.
    struct Step {
        var consumed: Int
        var produced: Int
    }

    private let stream: OpaquePointer
    /// Whether the input so far ends within a frame.
    private(set) var isWithinFrame = false

    /// `nil` if the system gives no memory.
    init?() {
        guard let stream = unsafe ZSTD_createDStream() else { return nil }
        unsafe self.stream = unsafe stream
    }

    deinit { _ = unsafe ZSTD_freeDStream(stream) }

    /// Decompresses from `source[input]` into `target[output]` until either is used up.
    ///
    /// - Returns: The step; or, for bytes that are no zstd data, the reason.
    mutating func decode(
        _ source: [UInt8], _ input: Range<Int>, into target: inout [UInt8], _ output: Range<Int>
    ) -> Result<Step, ZstdFailure> {
        precondition(input.upperBound <= source.count && output.upperBound <= target.count)
        let (step, code) = unsafe source.withUnsafeBytes { from in
            unsafe target.withUnsafeMutableBytes { into in
                var reading = unsafe ZSTD_inBuffer(
                    src: from.baseAddress, size: input.upperBound, pos: input.lowerBound)
                var writing = unsafe ZSTD_outBuffer(
                    dst: into.baseAddress, size: output.upperBound, pos: output.lowerBound)
                let code = unsafe ZSTD_decompressStream(stream, &writing, &reading)
                return unsafe (
                    Step(
                        consumed: reading.pos - input.lowerBound,
                        produced: writing.pos - output.lowerBound), code
                )
            }
        }
        if ZSTD_isError(code) != 0 { return .failure(ZstdFailure(code: code)) }
        if step.consumed + step.produced > 0 { isWithinFrame = code != 0 }
        return .success(step)
    }
}

/// An error of the zstd library.
struct ZstdFailure: Error {
    let code: Int

    /// What the library calls it.
    var reason: String { unsafe String(cString: ZSTD_getErrorName(code)) }
}
