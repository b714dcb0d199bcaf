public import LarderCore

/// A value above 8 KiB: pieces in the shard's arena that stay where they are while anyone reads.
///
/// The store holds one reference, each reader another; when the last is gone, the pieces go back to
/// the shard, which frees them a few at a time. So readers need no lock, and a value that was
/// overwritten or evicted under a slow reader stays accounted until he is done.
@safe public final class LargeValue: SharedBytes {
    // Safety: written once before the object is shared; the pieces are only read afterwards.
    private nonisolated(unsafe) let pieces: UnsafeMutablePointer<UnsafeRawPointer>
    // Safety: as above.
    private nonisolated(unsafe) let refs: UnsafeMutablePointer<BlockRef>
    private let pieceCount: Int
    private let chunkCount: Int
    private let returns: PieceReturns
    private let range: AddressRange
    /// Bytes of the value.
    public let byteCount: Int

    /// How many pieces of which kind a value needs.
    struct Layout {
        let chunkCount: Int
        let tailCount: Int

        init(byteCount: Int) {
            chunkCount = byteCount / SizeClasses.chunkBytes
            let rest = byteCount - chunkCount * SizeClasses.chunkBytes
            tailCount = (rest + SizeClasses.tailBytes - 1) / SizeClasses.tailBytes
        }

        var pieceCount: Int { chunkCount + tailCount }
        var storedBytes: Int {
            chunkCount * SizeClasses.chunkBytes + tailCount * SizeClasses.tailBytes
        }
    }

    /// Takes over `blocks`, which start at `starts`: first the chunks, then the tails.
    @unsafe init(
        byteCount: Int, blocks: [BlockRef], starts: [UnsafeMutableRawPointer],
        range: AddressRange, returns: PieceReturns
    ) {
        self.byteCount = byteCount
        self.returns = returns
        self.range = range
        pieceCount = blocks.count
        chunkCount = Layout(byteCount: byteCount).chunkCount
        unsafe pieces = .allocate(capacity: max(1, blocks.count))
        unsafe refs = .allocate(capacity: max(1, blocks.count))
        for index in blocks.indices {
            unsafe (pieces + index).initialize(to: UnsafeRawPointer(starts[index]))
            unsafe (refs + index).initialize(to: blocks[index])
        }
    }

    /// Takes over the blocks in `blocks`, which hold nothing yet.
    convenience init(
        byteCount: Int, blocks: [BlockRef], in arena: borrowing Arena, returns: PieceReturns
    ) {
        var starts: [UnsafeMutableRawPointer] = unsafe []
        for ref in blocks {
            unsafe starts.append(UnsafeMutableRawPointer(mutating: arena.block(ref).start))
        }
        unsafe self.init(
            byteCount: byteCount, blocks: blocks, starts: starts, range: arena.range,
            returns: returns)
    }

    deinit {
        returns.add((0..<pieceCount).map { unsafe refs[$0] })
        unsafe pieces.deallocate()
        unsafe refs.deallocate()
    }

    /// Bytes that the pieces take.
    var storedBytes: Int { Layout(byteCount: byteCount).storedBytes }

    /// Calls `body` with the longest contiguous piece that starts at `offset`, which is below
    /// `byteCount`.
    ///
    /// - Complexity: O(1).
    public func withSegment<R>(at offset: Int, _ body: (RawSpan) -> R) -> R {
        precondition(offset >= 0 && offset < byteCount, "An offset is within its value.")
        let (index, start, size) = Self.piece(at: offset, chunkCount: chunkCount)
        let count = min(size - start, byteCount - offset)
        let bytes = unsafe RawSpan(_unsafeStart: pieces[index] + start, byteCount: count)
        return body(bytes)
    }

    /// Copies `bytes` to `offset`. Only before the value is shared.
    func write(_ bytes: RawSpan, at offset: Int) {
        var done = 0
        while done < bytes.byteCount {
            let (index, start, size) = Self.piece(at: offset + done, chunkCount: chunkCount)
            let count = min(size - start, bytes.byteCount - done)
            let block = unsafe Block(UnsafeMutableRawPointer(mutating: pieces[index]))
            block.write(bytes.extracting(done..<done + count), at: start)
            done += count
        }
    }

    static func piece(
        at offset: Int, chunkCount: Int
    ) -> (index: Int, start: Int, size: Int) {
        let index = offset / SizeClasses.chunkBytes
        if index < chunkCount {
            return (index, offset % SizeClasses.chunkBytes, SizeClasses.chunkBytes)
        }
        let rest = offset - chunkCount * SizeClasses.chunkBytes
        return (
            chunkCount + rest / SizeClasses.tailBytes, rest % SizeClasses.tailBytes,
            SizeClasses.tailBytes
        )
    }
}
