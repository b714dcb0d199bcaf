import LarderCore

/// Finds the slots that may hold a key, in one cache line almost always.
///
/// A bucket of 64 bytes has 15 cells: 15 tags of 8 hash bits, a count of the keys that had to go on
/// to the next bucket, and 15 slots of 24 bits. The home bucket of a hash is its upper half scaled
/// to the number of buckets, so buckets are ordered by hash whatever their number is. Deletion
/// clears a cell and lowers the counts on its way: no tombstones. The scheme is that of F14 [1].
///
/// [1] N. Bronson, X. Shi, Open-sourcing F14 for faster, more memory-efficient hash tables, 2019,
///     https://engineering.fb.com/2019/04/25/developer-tools/f14/
@safe struct TagTable: ~Copyable {
    private let base: UnsafeMutableRawPointer
    let bucketCount: Int
    private(set) var count = 0

    static var cellsPerBucket: Int { 15 }
    static var bucketBytes: Int { 64 }
    static var overflowMax: UInt8 { .max }

    /// A table without entries. `bucketCount` is at most 2^32.
    init(bucketCount: Int) {
        self.bucketCount = bucketCount
        let bytes = Self.byteCount(bucketCount: bucketCount)
        // A table without buckets, which stands for none, still has an address of its own.
        unsafe base = PageMemory.reserve(byteCount: max(bytes, 1))
        if bytes > 0 { unsafe PageMemory.commit(base, byteCount: bytes) }
    }

    deinit {
        let bytes = Self.byteCount(bucketCount: bucketCount)
        unsafe PageMemory.release(base, byteCount: max(bytes, 1))
    }

    /// Bytes of memory that a table of this size takes.
    static func byteCount(bucketCount: Int) -> Int {
        PageMemory.roundedUp(bucketCount * bucketBytes)
    }

    /// Whether another insertion would make probes long, at a load of 31 in 32.
    var isCrowded: Bool {
        !hasRoom(for: 1)
    }

    /// Whether so many more insertions leave it uncrowded.
    func hasRoom(for more: Int) -> Bool {
        (count + more) * 32 <= bucketCount * Self.cellsPerBucket * 31
    }

    /// Gives memory back to the system. Only when the table is no longer used.
    mutating func discard(from offset: Int, byteCount: Int) {
        unsafe PageMemory.discard(base + offset, byteCount: byteCount)
    }

    /// The bucket where the search for `hash` starts.
    @inline(__always)
    func home(_ hash: UInt64) -> Int {
        Self.home(hash, bucketCount: bucketCount)
    }

    @inline(__always)
    static func home(_ hash: UInt64, bucketCount: Int) -> Int {
        Int(((hash >> 32) &* UInt64(bucketCount)) >> 32)
    }

    /// For look-ups; valid while the table is not changed.
    @inline(__always)
    var view: TagTableView { unsafe TagTableView(base, bucketCount: bucketCount) }

    /// The first position in hash order whose home is `bucket` or a later one.
    func firstPosition(ofHome bucket: Int) -> UInt64 {
        ((UInt64(bucket) << 32) + UInt64(bucketCount) - 1) / UInt64(bucketCount)
    }

    @inline(__always)
    static func tag(_ hash: UInt64) -> UInt8 {
        let tag = UInt8(truncatingIfNeeded: hash)
        return tag == 0 ? 0xFF : tag
    }

    /// Adds `slot`, which is not in the table. The table has a free cell.
    ///
    /// - Complexity: Expected O(1) below a load of 90 %.
    mutating func insert(_ slot: UInt32, _ hash: UInt64) {
        precondition(count < bucketCount * Self.cellsPerBucket, "The table has a free cell.")
        var bucket = home(hash)
        while true {
            let free = matchingCells(bucket, 0)
            if free != 0 {
                setCell(bucket, free.trailingZeroBitCount, tag: Self.tag(hash), slot: slot)
                count += 1
                return
            }
            raiseOverflow(bucket)
            bucket = next(bucket)
        }
    }

    /// Takes `slot` out, which is in the table under `hash`.
    ///
    /// - Complexity: Expected O(1).
    mutating func remove(_ slot: UInt32, _ hash: UInt64) {
        let tag = Self.tag(hash)
        var bucket = home(hash)
        for _ in 0..<bucketCount {
            var matches = matchingCells(bucket, tag)
            while matches != 0 {
                let cell = matches.trailingZeroBitCount
                if self.slot(bucket, cell) == slot {
                    setCell(bucket, cell, tag: 0, slot: 0)
                    count -= 1
                    return
                }
                matches &= matches - 1
            }
            lowerOverflow(bucket)
            bucket = next(bucket)
        }
        preconditionFailure("Only a slot that is in the table can be removed.")
    }

    /// Calls `body` with every slot in the probe run of home `bucket`: all whose home it is, and
    /// some others.
    func forEachCandidate(ofHome bucket: Int, _ body: (UInt32) -> Void) {
        var bucket = bucket
        for _ in 0..<bucketCount {
            var cells = ~matchingCells(bucket, 0) & Bucket.allCells
            while cells != 0 {
                body(slot(bucket, cells.trailingZeroBitCount))
                cells &= cells - 1
            }
            if overflow(bucket) == 0 { return }
            bucket = next(bucket)
        }
    }

    private func next(_ bucket: Int) -> Int {
        bucket + 1 == bucketCount ? 0 : bucket + 1
    }

    private func matchingCells(_ bucket: Int, _ tag: UInt8) -> UInt64 {
        unsafe Bucket(base, bucket).cells(tagged: tag)
    }

    private func slot(_ bucket: Int, _ cell: Int) -> UInt32 {
        unsafe Bucket(base, bucket).slot(cell)
    }

    private func setCell(_ bucket: Int, _ cell: Int, tag: UInt8, slot: UInt32) {
        let start = unsafe base + bucket * Self.bucketBytes
        unsafe start.storeBytes(of: tag, toByteOffset: cell, as: UInt8.self)
        let offset = 16 + cell * 3
        unsafe start.storeBytes(
            of: UInt16(truncatingIfNeeded: slot), toByteOffset: offset, as: UInt16.self)
        unsafe start.storeBytes(
            of: UInt8(truncatingIfNeeded: slot >> 16), toByteOffset: offset + 2, as: UInt8.self)
    }

    private func overflow(_ bucket: Int) -> UInt8 {
        unsafe Bucket(base, bucket).overflow
    }

    /// A count that reached its maximum no longer knows how many there are, and stays.
    private func raiseOverflow(_ bucket: Int) {
        let old = overflow(bucket)
        guard old != Self.overflowMax else { return }
        unsafe base.storeBytes(
            of: old + 1, toByteOffset: bucket * Self.bucketBytes + 15, as: UInt8.self)
    }

    private func lowerOverflow(_ bucket: Int) {
        let old = overflow(bucket)
        precondition(old > 0, "A key lies beyond a bucket only if the bucket counted it.")
        guard old != Self.overflowMax else { return }
        unsafe base.storeBytes(
            of: old - 1, toByteOffset: bucket * Self.bucketBytes + 15, as: UInt8.self)
    }
}
