public import LarderCore

/// A value above 8 KiB: pieces in the shard's arena that stay where they are while anyone reads.
///
/// The store holds one reference, each reader another; when the last is gone, the pieces go back to
/// the shard, which frees them a few at a time. So readers need no lock, and a value that was
/// overwritten or evicted under a slow reader stays accounted until he is done.
@safe public final class LargeValue: SharedBytes {
    // Safety: written at two times only. Before the object is shared, while its maker alone knows
    // it. And by `write`, `grow` and the subscript, which `ShardState+Edit` calls under the shard's
    // lock after `isUnshared` found the store's reference to be the only one. Readers take theirs
    // under that lock, so none can appear meanwhile, and those that were have let go, which the
    // count orders. At any other time the pieces are only read. A reference that is taken without
    // the shard's lock, or an edit that does not ask first, would show a reader bytes that change.
    private nonisolated(unsafe) var pieces: LargePieces
    private let returns: PieceReturns
    private let range: AddressRange

    /// Bytes of the value.
    public var byteCount: Int { unsafe pieces.byteCount }

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
        self.returns = returns
        self.range = range
        unsafe pieces = LargePieces(byteCount: byteCount, blocks: blocks, starts: starts)
    }

    /// Takes over the blocks in `blocks`, which hold nothing yet.
    convenience init(
        byteCount: Int, blocks: [BlockRef], in arena: borrowing Arena, returns: PieceReturns
    ) {
        unsafe self.init(
            byteCount: byteCount, blocks: blocks, starts: Self.starts(of: blocks, in: arena),
            range: arena.range, returns: returns)
    }

    deinit {
        returns.add(unsafe pieces.refs(0..<pieces.count))
        unsafe pieces.deallocate()
    }

    private static func starts(
        of blocks: [BlockRef], in arena: borrowing Arena
    ) -> [UnsafeMutableRawPointer] {
        var starts: [UnsafeMutableRawPointer] = unsafe []
        for ref in blocks {
            unsafe starts.append(UnsafeMutableRawPointer(mutating: arena.block(ref).start))
        }
        return unsafe starts
    }

    /// Bytes that the pieces take.
    var storedBytes: Int { Layout(byteCount: byteCount).storedBytes }

    /// Calls `body` with the longest contiguous piece that starts at `offset`, which is below
    /// `byteCount`.
    ///
    /// - Complexity: O(1).
    public func withSegment<R>(at offset: Int, _ body: (RawSpan) -> R) -> R {
        precondition(offset >= 0 && offset < byteCount, "An offset is within its value.")
        let (start, count) = unsafe pieces.segment(at: offset)
        let bytes = unsafe RawSpan(_unsafeStart: start, byteCount: min(count, byteCount - offset))
        return body(bytes)
    }

    /// Copies `bytes` to `offset`. Only while nobody reads, as is all that follows.
    func write(_ bytes: RawSpan, at offset: Int) {
        var done = 0
        while done < bytes.byteCount {
            let (start, size) = unsafe pieces.segment(at: offset + done)
            let count = min(size, bytes.byteCount - done)
            unsafe Block(start).write(bytes.extracting(done..<done + count), at: 0)
            done += count
        }
    }

    /// The byte at `offset`, to be read and changed.
    subscript(offset: Int) -> UInt8 {
        get { unsafe pieces.segment(at: offset).start.load(as: UInt8.self) }
        set {
            unsafe pieces.segment(at: offset).start.storeBytes(of: newValue, as: UInt8.self)
        }
    }

    /// Lengthens the value with zeros. `blocks` are the pieces that it lacks: chunks, then tails;
    /// all tails, when it gets another chunk.
    ///
    /// - Returns: The pieces that it no longer needs.
    /// - Complexity: O(new bytes).
    func grow(
        to newByteCount: Int, with blocks: [BlockRef], in arena: borrowing Arena
    ) -> [BlockRef] {
        let before = byteCount
        let starts = unsafe Self.starts(of: blocks, in: arena)
        let old = Layout(byteCount: before)
        var left: [BlockRef] = []
        if Layout(byteCount: newByteCount).chunkCount == old.chunkCount {
            unsafe pieces.append(blocks, starts)
        } else {
            left = unsafe pieces.replaceTails(old, by: blocks, starts)
        }
        unsafe pieces.byteCount = newByteCount
        unsafe pieces.clear(before..<newByteCount)
        return left
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
