import LarderCore
import LarderWire

/// Requests that wait for EXEC, in the form in which they will be run.
///
/// Each is a command, the lengths of its arguments, and their bytes one behind the other; nothing
/// is parsed again. They lie in chunks that never grow, so that a long queue is never copied.
///
/// Safety: a chunk is written up to `used` only, read below it, and freed when the queue goes or is
/// emptied; spans of it are bound to a borrow of the queue.
@safe struct RequestQueue: ~Copyable {
    @safe private struct Chunk {
        let start: UnsafeMutableRawPointer
        let capacity: Int
        var used = 0
    }

    /// What stands before the arguments.
    private struct Header: BitwiseCopyable {
        let command: UInt8
        let argumentCount: UInt32
        /// Bytes of the whole request: where the next one is.
        let byteCount: UInt32
    }

    /// A request in the queue.
    struct Place: BitwiseCopyable {
        fileprivate var chunk = 0
        fileprivate var offset = 0
    }

    private var chunks: [Chunk] = []
    /// Requests in the queue.
    private(set) var count = 0
    /// Bytes of memory held.
    private(set) var heldBytes = 0

    /// A transaction of a few small commands needs one chunk of this size, which is kept.
    private static var firstChunkBytes: Int { 2048 }
    private static var chunkBytes: Int { 64 << 10 }

    deinit {
        for chunk in chunks { unsafe chunk.start.deallocate() }
    }

    /// Bytes that a call takes in the queue.
    static func byteCount(of call: borrowing Call) -> Int {
        var bytes = MemoryLayout<Header>.stride + call.count * MemoryLayout<UInt32>.stride
        for index in 0..<call.count { bytes += call[index].byteCount }
        // The next header is aligned.
        return (bytes + 7) & ~7
    }

    /// Adds a request of `byteCount` bytes.
    ///
    /// - Complexity: O(bytes).
    mutating func append(_ command: Command, _ call: borrowing Call, byteCount: Int) {
        let chunk = roomyChunk(byteCount)
        let start = unsafe chunks[chunk].start + chunks[chunk].used
        let header = Header(
            command: command.rawValue, argumentCount: UInt32(call.count),
            byteCount: UInt32(byteCount))
        unsafe start.storeBytes(of: header, as: Header.self)
        var lengths = unsafe start + MemoryLayout<Header>.stride
        var target = unsafe lengths + call.count * MemoryLayout<UInt32>.stride
        for index in 0..<call.count {
            let argument = call[index]
            unsafe lengths.storeBytes(of: UInt32(argument.byteCount), as: UInt32.self)
            unsafe lengths += MemoryLayout<UInt32>.stride
            unsafe argument.withUnsafeBytes { bytes in
                guard let source = bytes.baseAddress else { return }
                unsafe target.copyMemory(from: source, byteCount: bytes.count)
            }
            unsafe target += argument.byteCount
        }
        chunks[chunk].used += byteCount
        count += 1
    }

    private mutating func roomyChunk(_ byteCount: Int) -> Int {
        if let last = chunks.last, last.capacity - last.used >= byteCount {
            return chunks.count - 1
        }
        let usual = chunks.isEmpty ? Self.firstChunkBytes : Self.chunkBytes
        let capacity = max(usual, byteCount)
        unsafe chunks.append(
            Chunk(start: .allocate(byteCount: capacity, alignment: 8), capacity: capacity))
        heldBytes += capacity
        return chunks.count - 1
    }

    /// Where the first request is.
    var first: Place { Place() }

    /// Gives `body` the request at `place`, and moves that to the next. The arguments are to be
    /// taken from the bytes by `ArgumentBox.refill`.
    func withRequest(
        at place: inout Place,
        _ body: (Command, _ bytes: RawSpan, _ lengthsAt: Int, _ argumentCount: Int) -> Void
    ) {
        if place.offset == chunks[place.chunk].used { place = Place(chunk: place.chunk + 1) }
        let chunk = chunks[place.chunk]
        let header = unsafe chunk.start.load(fromByteOffset: place.offset, as: Header.self)
        guard let command = Command(rawValue: header.command) else {
            preconditionFailure("A command was queued.")
        }
        let lengths = place.offset + MemoryLayout<Header>.stride
        place.offset += Int(header.byteCount)
        let bytes = unsafe RawSpan(_unsafeStart: chunk.start, byteCount: chunk.used)
        body(command, bytes, lengths, Int(header.argumentCount))
    }

    /// Forgets all requests. The memory of a short queue is kept for the next.
    mutating func removeAll() {
        let isShort = chunks.count == 1 && chunks[0].capacity == Self.firstChunkBytes
        if isShort {
            chunks[0].used = 0
        } else {
            for chunk in chunks { unsafe chunk.start.deallocate() }
            chunks = []
            heldBytes = 0
        }
        count = 0
    }
}
