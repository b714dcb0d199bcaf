/// A large value that arrives piece by piece, as a client sends it.
///
/// Memory is reserved as the bytes come, never for what was only announced. If it cannot be had,
/// the bytes so far are given back, and those that follow are dropped.
///
/// Safety: pieces are written before the value is shared, by the one thread that builds it. The
/// blocks belong to this builder until it ends, so nobody moves or frees them.
@safe public final class LargeBuilder {
    private let shards: ShardArray
    private let shard: Int
    private let returns: PieceReturns
    private let range: AddressRange
    /// Bytes that were announced.
    public let byteCount: Int
    private let layout: LargeValue.Layout
    private var blocks: [BlockRef] = []
    private var starts: [UnsafeMutableRawPointer] = unsafe []
    private var written = 0
    /// Whether there was no memory for all of it.
    public private(set) var isDropped = false

    /// Blocks taken under one holding of the shard's lock.
    private static var batchSize: Int { 8 }

    init(byteCount: Int, shards: ShardArray, shard: Int) {
        self.byteCount = byteCount
        self.shards = shards
        self.shard = shard
        layout = LargeValue.Layout(byteCount: byteCount)
        (returns, range) = shards.withLock(shard) { ($0.returns, $0.arena.range) }
    }

    deinit {
        if !blocks.isEmpty { returns.add(blocks) }
    }

    /// Bytes above which a value is stored in pieces, however short its key is.
    public static var byteCountMin: Int { SizeClasses.inlineMax }

    /// Bytes that are still to come.
    public var missing: Int { byteCount - written }

    /// Takes the next bytes, at most `missing`.
    ///
    /// - Complexity: O(bytes); evicts what it needs.
    public func append(_ bytes: RawSpan) {
        precondition(bytes.byteCount <= missing, "A value is no longer than announced.")
        var done = 0
        while done < bytes.byteCount, !isDropped {
            let (index, start, size) = LargeValue.piece(
                at: written + done, chunkCount: layout.chunkCount)
            guard index < blocks.count || takeBlocks() else { return drop(bytes.byteCount) }
            let count = min(size - start, bytes.byteCount - done)
            let block = unsafe Block(starts[index])
            block.write(bytes.extracting(done..<done + count), at: start)
            done += count
        }
        written += bytes.byteCount
    }

    /// Takes `count` zeros, at most `missing`.
    public func appendZeros(_ count: Int) {
        let zeros = [UInt8](repeating: 0, count: min(count, SizeClasses.chunkBytes))
        var left = count
        while left > 0 {
            let step = min(left, zeros.count)
            unsafe append(zeros.span.bytes.extracting(0..<step))
            left -= step
        }
    }

    /// The value, once nothing is missing; `nil` when there was no memory for it.
    public func finish() -> LargeValue? {
        precondition(missing == 0, "A value is whole when it is finished.")
        guard !isDropped else { return nil }
        defer { forget() }
        return unsafe LargeValue(
            byteCount: byteCount, blocks: blocks, starts: starts, range: range, returns: returns)
    }

    private func drop(_ byteCount: Int) {
        isDropped = true
        returns.add(blocks)
        forget()
        written += byteCount
    }

    private func forget() {
        blocks = []
        unsafe starts = unsafe []
    }

    private func takeBlocks() -> Bool {
        let wanted = min(Self.batchSize, layout.pieceCount - blocks.count)
        return shards.withLock(shard) { state in
            defer { state.settleOverhead() }
            for _ in 0..<wanted {
                let isChunk = blocks.count < layout.chunkCount
                let classes = state.arena.classes
                var ignored = false
                let ref = state.allocate(
                    isChunk ? classes.chunkClass : classes.tailClass, protecting: nil,
                    wasUnheld: &ignored)
                guard let ref else { return false }
                blocks.append(ref)
                unsafe starts.append(
                    UnsafeMutableRawPointer(mutating: state.arena.block(ref).start))
            }
            return true
        }
    }
}

extension ByteStore {
    /// A builder for a value of `byteCount` bytes in pieces, for the key with `hash`. Those of 8 KiB
    /// and less are worth it only when their key is long.
    public func makeLargeBuilder(for hash: UInt64, byteCount: Int) -> LargeBuilder {
        LargeBuilder(byteCount: byteCount, shards: shards, shard: shards.number(hash))
    }
}
