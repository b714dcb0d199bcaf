import Glibc

/// Where the pieces of a large value are: chunks, then tails.
///
/// Safety: whoever owns it deallocates it once, and sees to it that nobody reads while it changes.
@unsafe struct LargePieces {
    private var starts: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private var blocks: UnsafeMutablePointer<BlockRef>
    private var capacity: Int
    private(set) var count: Int
    /// Bytes of the value.
    var byteCount: Int

    init(byteCount: Int, blocks: [BlockRef], starts: [UnsafeMutableRawPointer]) {
        unsafe self.byteCount = byteCount
        unsafe count = 0
        unsafe capacity = max(1, blocks.count)
        unsafe self.starts = .allocate(capacity: capacity)
        unsafe self.blocks = .allocate(capacity: capacity)
        unsafe append(blocks, starts)
    }

    func deallocate() {
        unsafe starts.deallocate()
        unsafe blocks.deallocate()
    }

    func refs(_ range: Range<Int>) -> [BlockRef] {
        range.map { unsafe blocks[$0] }
    }

    private var chunkCount: Int { unsafe byteCount / SizeClasses.chunkBytes }

    /// The rest of the piece in which `offset` is.
    func segment(at offset: Int) -> (start: UnsafeMutableRawPointer, count: Int) {
        let (index, start, size) = unsafe LargeValue.piece(at: offset, chunkCount: chunkCount)
        precondition(unsafe index >= 0 && index < count, "An offset is within its value.")
        return unsafe (starts[index] + start, size - start)
    }

    /// Adds pieces behind the others.
    mutating func append(_ more: [BlockRef], _ places: [UnsafeMutableRawPointer]) {
        unsafe reserve(count + more.count)
        for index in more.indices {
            unsafe (starts + count).initialize(to: places[index])
            unsafe (blocks + count).initialize(to: more[index])
            unsafe count += 1
        }
    }

    /// Puts `more`, of which the first is a chunk, in the place of the tails of `layout`, and moves
    /// their bytes there.
    ///
    /// - Returns: The tails.
    mutating func replaceTails(
        _ layout: LargeValue.Layout, by more: [BlockRef], _ places: [UnsafeMutableRawPointer]
    ) -> [BlockRef] {
        let tails = unsafe refs(layout.chunkCount..<count)
        for index in 0..<layout.tailCount {
            unsafe memcpy(
                places[0] + index * SizeClasses.tailBytes, starts[layout.chunkCount + index],
                SizeClasses.tailBytes)
        }
        unsafe count = layout.chunkCount
        unsafe append(more, places)
        return tails
    }

    /// Sets the bytes of `range` to zero.
    func clear(_ range: Range<Int>) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let (start, size) = unsafe segment(at: offset)
            let count = min(size, range.upperBound - offset)
            unsafe memset(start, 0, count)
            offset += count
        }
    }

    private mutating func reserve(_ wanted: Int) {
        guard unsafe wanted > capacity else { return }
        unsafe capacity = max(wanted, capacity * 2)
        let (oldStarts, oldBlocks) = unsafe (starts, blocks)
        unsafe starts = .allocate(capacity: capacity)
        unsafe blocks = .allocate(capacity: capacity)
        unsafe starts.update(from: oldStarts, count: count)
        unsafe blocks.update(from: oldBlocks, count: count)
        unsafe oldStarts.deallocate()
        unsafe oldBlocks.deallocate()
    }
}
