import CZlib

/// Unpacks gzip as it arrives, and knows whether it was whole.
///
/// libcurl can unpack too, but takes what breaks off in the middle for the whole.
@safe final class GzipDecoder {
    enum Fault: Error { case damaged, tooLong }

    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the packed bytes came to their end.
    private(set) var isWhole = false

    private static let pieceSize = 16_384

    /// `nil` when zlib has no memory left.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        guard unsafe czlib_begin(stream) == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        _ = unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Appends what `bytes` unpack to, as long as `body` stays within `bodyMax`.
    func decode(
        _ bytes: UnsafeRawBufferPointer, into body: inout [UInt8], bodyMax: Int
    ) throws(Fault) {
        guard unsafe !bytes.isEmpty else { return }
        // Bytes behind the end are none that anybody asked for.
        guard !isWhole else { throw .damaged }
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        unsafe stream.pointee.avail_in = UInt32(bytes.count)
        var hasMore = true
        while hasMore, !isWhole {
            let old = body.count
            body.append(contentsOf: repeatElement(0, count: Self.pieceSize))
            let code = unsafe body.withUnsafeMutableBufferPointer { target in
                unsafe stream.pointee.next_out = target.baseAddress?.advanced(by: old)
                unsafe stream.pointee.avail_out = UInt32(Self.pieceSize)
                return unsafe inflate(stream, Z_NO_FLUSH)
            }
            let room = unsafe Int(stream.pointee.avail_out)
            body.removeLast(room)
            hasMore = unsafe room == 0 || stream.pointee.avail_in > 0
            guard body.count <= bodyMax else { throw .tooLong }
            isWhole = code == Z_STREAM_END
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                throw .damaged
            }
        }
        guard unsafe stream.pointee.avail_in == 0 else { throw .damaged }
    }
}
