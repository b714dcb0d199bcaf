/// The bytes of a file, decompressed if need be, through a buffer of fixed size.
///
/// A failure of the file is kept until the bytes before it are used up, so that what was good stays
/// usable.
struct ByteInput: ~Copyable {
    /// Holds a batch of records, and the longest line many times.
    static let bufferBytes = 256 * 1024

    private let path: String
    private let file: FileDescriptor
    private let fileBytes: Int
    private var fileOffset = 0
    private var decoder: ZstdDecoder?
    private var compressed: [UInt8]
    private var compressedRange = 0..<0
    private var isAtEnd = false

    /// The bytes at hand are `buffer[range]`.
    private(set) var buffer = [UInt8](repeating: 0, count: bufferBytes)
    private(set) var range = 0..<0
    /// Decompressed bytes before `range`.
    private(set) var offset = 0
    /// Why no more bytes come, if the reason is not the end of the file.
    private(set) var failure: TraceError?

    init(path: String) throws(TraceError) {
        let file = try FileDescriptor(reading: path)
        let isCompressed = TraceFormat.isCompressed(path: path)
        let decoder = try isCompressed ? Self.makeDecoder(path) : nil
        self.path = path
        fileBytes = file.byteCount
        self.file = file
        self.decoder = decoder
        compressed = [UInt8](repeating: 0, count: isCompressed ? 128 * 1024 : 0)
    }

    private static func makeDecoder(_ path: String) throws(TraceError) -> ZstdDecoder {
        guard let decoder = ZstdDecoder() else {
            throw TraceError(.cannotRead(reason: "no memory is left"), path: path)
        }
        return decoder
    }

    /// How much of the file was read, from 0 to 1; `nil` for a pipe.
    var progress: Double? {
        fileBytes == 0 ? nil : min(1, Double(fileOffset) / Double(fileBytes))
    }

    /// Steps over the first bytes at hand.
    mutating func consume(_ count: Int) {
        range = (range.lowerBound + count)..<range.upperBound
        offset += count
    }

    /// Reads until `wanted` bytes are at hand, or the file ends or fails.
    ///
    /// - Returns: Whether there are `wanted`.
    mutating func fill(_ wanted: Int) -> Bool {
        precondition(wanted <= Self.bufferBytes, "What is wanted fits in the buffer.")
        guard range.count < wanted else { return true }
        moveToFront()
        while range.count < wanted, !isAtEnd {
            do throws(TraceError) {
                try readMore()
            } catch {
                failure = error
                isAtEnd = true
            }
        }
        return range.count >= wanted
    }

    private mutating func moveToFront() {
        guard range.lowerBound > 0 else { return }
        let count = range.count
        if count > 0 {
            buffer.moveToFront(range)
        }
        range = 0..<count
    }

    private mutating func readMore() throws(TraceError) {
        let free = range.upperBound..<buffer.count
        let produced: Int
        if decoder == nil {
            produced = try file.read(into: &buffer, range: free)
            fileOffset += produced
            isAtEnd = produced == 0
        } else {
            produced = try decompress(into: free)
        }
        range = range.lowerBound..<(range.upperBound + produced)
    }

    private mutating func decompress(into free: Range<Int>) throws(TraceError) -> Int {
        if compressedRange.isEmpty {
            let count = try file.read(into: &compressed, range: 0..<compressed.count)
            compressedRange = 0..<count
            fileOffset += count
        }
        let source = compressedRange
        guard let outcome = decoder?.decode(compressed, source, into: &buffer, free) else {
            return 0
        }
        switch outcome {
        case .success(let step):
            compressedRange = (source.lowerBound + step.consumed)..<source.upperBound
            try noticeEnd(hadInput: !source.isEmpty, produced: step.produced)
            return step.produced
        case .failure(let failure):
            let place = TraceError.Place.compressedByte(fileOffset - source.count)
            throw TraceError(.notCompressed(reason: failure.reason), path: path, place: place)
        }
    }

    /// The end is where neither the file nor the decoder has anything left.
    private mutating func noticeEnd(hadInput: Bool, produced: Int) throws(TraceError) {
        guard !hadInput, produced == 0 else { return }
        isAtEnd = true
        if decoder?.isWithinFrame == true {
            let place = TraceError.Place.compressedByte(fileOffset)
            throw TraceError(.truncatedCompression, path: path, place: place)
        }
    }
}
