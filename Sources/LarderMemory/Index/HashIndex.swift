import LarderCore

/// The table from hash to slot, which grows and shrinks a bucket at a time.
///
/// While it changes size there are two tables, each responsible for a range of hashes: the new one
/// for homes below `migrated` in the old one, the old one for the rest. So a look-up asks one.
struct HashIndex: ~Copyable {
    private var current: TagTable
    /// Without buckets when the size is not changing.
    private var previous = TagTable(bucketCount: 0)
    /// Home buckets of `previous` that were moved.
    private var migrated = 0
    /// A table that was left behind, whose memory goes back slice by slice.
    private var released = TagTable(bucketCount: 0)
    private var releasedBytes = 0

    /// 85 %: an insertion then finds a free cell in its home bucket nine times in ten.
    private static var loadMax: Double { 0.85 }
    /// Below a quarter the table shrinks, well apart from where it grew.
    private static var loadMin: Double { 0.25 }
    /// By half: the mean load over all sizes is 70 %, where doubling has 61 %.
    private static var growthFactor: Double { 1.5 }
    static var bucketCountMin: Int { 64 }
    /// 64 pages: giving them back takes about 10 µs, where a table of 16 MB at once takes 1 ms.
    private static var sliceBytes: Int { 1 << 18 }

    init() {
        current = TagTable(bucketCount: Self.bucketCountMin)
    }

    var count: Int { current.count + previous.count }
    var isMigrating: Bool { previous.bucketCount != 0 }
    var isReleasing: Bool { released.bucketCount != 0 }
    var storageBytes: Int {
        TagTable.byteCount(bucketCount: current.bucketCount)
            + TagTable.byteCount(bucketCount: previous.bucketCount)
            + TagTable.byteCount(bucketCount: released.bucketCount) - releasedBytes
    }

    @inline(__always)
    private func isInPrevious(_ hash: UInt64) -> Bool {
        isMigrating && previous.home(hash) >= migrated
    }

    @inline(__always)
    func find(_ hash: UInt64, _ isMatch: (UInt32) -> Bool) -> UInt32? {
        let table = isInPrevious(hash) ? previous.view : current.view
        return table.find(hash, isMatch)
    }

    mutating func insert(_ slot: UInt32, _ hash: UInt64) {
        if isInPrevious(hash) {
            previous.insert(slot, hash)
        } else {
            current.insert(slot, hash)
        }
    }

    mutating func remove(_ slot: UInt32, _ hash: UInt64) {
        if isInPrevious(hash) {
            previous.remove(slot, hash)
        } else {
            current.remove(slot, hash)
        }
    }

    /// The size that the table should have; `nil` when the present one is right or is changing.
    var wantedBucketCount: Int? {
        guard !isMigrating, !isReleasing else { return nil }
        let cells = Double(current.bucketCount * TagTable.cellsPerBucket)
        let load = Double(count) / cells
        if load > Self.loadMax {
            return Int((Double(current.bucketCount) * Self.growthFactor).rounded(.up))
        }
        if load < Self.loadMin, current.bucketCount > Self.bucketCountMin {
            let half = Int(Double(current.bucketCount) / Self.growthFactor / Self.growthFactor)
            return max(Self.bucketCountMin, half)
        }
        return nil
    }

    /// Whether another insertion would make probes long: the caller frees an entry first.
    var isCrowded: Bool {
        current.isCrowded || isMigrating && previous.isCrowded
    }

    /// Whether so many more insertions leave it uncrowded.
    func hasRoom(for more: Int) -> Bool {
        current.hasRoom(for: more) && (!isMigrating || previous.hasRoom(for: more))
    }

    /// Begins to change the size. The caller reserved the memory of the new table.
    mutating func beginMigration(toBucketCount bucketCount: Int) {
        precondition(!isMigrating, "One change of size at a time.")
        previous = TagTable(bucketCount: bucketCount)
        swap(&previous, &current)
        migrated = 0
    }

    /// Moves the keys of one home bucket, while `isMigrating`.
    ///
    /// - Complexity: Expected O(15).
    mutating func migrateBucket(
        _ slots: borrowing SlotTable, _ arena: borrowing Arena, _ hasher: KeyHasher
    ) {
        precondition(isMigrating, "There is a table to move from.")
        var moving = InlineArray<64, (slot: UInt32, hash: UInt64)>(repeating: (0, 0))
        var count = 0
        repeat {
            count = 0
            previous.forEachCandidate(ofHome: migrated) { slot in
                guard count < 64 else { return }
                let hash = hasher.hash(arena.block(slots[slot]).key)
                if previous.home(hash) == migrated {
                    moving[count] = (slot, hash)
                    count += 1
                }
            }
            for index in 0..<count {
                previous.remove(moving[index].slot, moving[index].hash)
                current.insert(moving[index].slot, moving[index].hash)
            }
        } while count == 64
        migrated += 1
        guard migrated == previous.bucketCount else { return }
        precondition(previous.count == 0, "A migrated table is empty.")
        swap(&previous, &released)
        releasedBytes = 0
    }

    /// Gives a slice of the table that was left behind back to the system, while `isReleasing`.
    ///
    /// - Complexity: One system call.
    mutating func releaseSlice() {
        precondition(isReleasing, "There is a table to release.")
        let rest = TagTable.byteCount(bucketCount: released.bucketCount) - releasedBytes
        let slice = min(Self.sliceBytes, rest)
        released.discard(from: releasedBytes, byteCount: slice)
        releasedBytes += slice
        guard slice == rest else { return }
        released = TagTable(bucketCount: 0)
        releasedBytes = 0
    }

    /// The slots whose home bucket holds `position` and whose place in hash order is `position` or
    /// later, and the position where the next bucket begins.
    ///
    /// Positions are the upper 32 bits of hashes. All slots before the returned position have been
    /// given, whatever sizes the table had.
    func scan(
        from position: UInt64, hashOf: (UInt32) -> UInt64, _ body: (UInt32) -> Void
    ) -> UInt64 {
        let hash = position << 32
        guard isMigrating else { return Self.scan(current, position, .max, hashOf, body) }
        let boundary = previous.firstPosition(ofHome: migrated)
        if previous.home(hash) >= migrated {
            return Self.scan(previous, position, .max, hashOf, body)
        }
        return Self.scan(current, position, boundary, hashOf, body)
    }

    private static func scan(
        _ table: borrowing TagTable, _ position: UInt64, _ boundary: UInt64,
        _ hashOf: (UInt32) -> UInt64, _ body: (UInt32) -> Void
    ) -> UInt64 {
        let bucket = table.home(position << 32)
        table.forEachCandidate(ofHome: bucket) { slot in
            let hash = hashOf(slot)
            if table.home(hash) == bucket, hash >> 32 >= position { body(slot) }
        }
        return min(table.firstPosition(ofHome: bucket + 1), boundary)
    }
}
