import LarderCore

/// From the hash of a key to its slot: open addressing with linear probing, in cells of eight
/// bytes.
///
/// A cell has the upper half of the hash and the slot. The upper half also says where the cell's
/// home is (multiplied by the number of homes, which need not be a power of two), so entries are
/// moved and the table grows without a look at their hashes; only who finds the right half asks for
/// the rest of it. Removal shifts back what followed, so there are no tombstones. Nothing goes
/// round the end: behind the last home there is room for what finds no place before.
struct SlotIndex: ~Copyable {
    /// Upper half of the hash above, the slot's number plus one below; 0 in an empty cell.
    private var cells: ReservedArray<UInt64>
    private var homeCount: UInt64
    private var count = 0
    private var limit: Int

    /// At 60 % a search for what is not there looks at four cells.
    private static let fullest = (entries: 3, of: 5)
    /// Far longer than any run of cells gets by chance.
    private static let tail = 1024

    /// An empty index that need not grow before it has `expectedCount` entries.
    init(expectedCount: Int) {
        let homes = max(64, expectedCount / Self.fullest.entries * Self.fullest.of + 8)
        cells = Self.table(homes)
        (homeCount, limit) = (UInt64(homes), Self.limit(homes))
    }

    private static func table(_ homes: Int) -> ReservedArray<UInt64> {
        var cells = ReservedArray<UInt64>(reserving: homes + tail)
        cells.grow(toCount: homes + tail)
        return cells
    }

    private static func limit(_ homes: Int) -> Int { homes / fullest.of * fullest.entries }

    /// Bytes of memory held.
    var storageBytes: Int { cells.storageBytes }

    /// Where the search for a hash, or for a cell, begins.
    @inline(__always) private func home(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: ((hash >> 32) &* homeCount) >> 32)
    }

    /// The slot of `hash`, which `isIt` confirms; nil if there is none.
    ///
    /// - Complexity: O(1) on average.
    @inline(__always) func slot(of hash: UInt64, _ isIt: (SlotID) -> Bool) -> SlotID? {
        let tag = hash >> 32
        var position = home(of: hash)
        while true {
            let cell = cells[position]
            if cell == 0 { return nil }
            if cell >> 32 == tag {
                let slot = SlotID(rawValue: UInt32(truncatingIfNeeded: cell) &- 1)
                if isIt(slot) { return slot }
            }
            position &+= 1
        }
    }

    /// Adds a hash that is not there.
    ///
    /// - Complexity: Amortised O(1).
    @inline(__always) mutating func insert(_ hash: UInt64, _ slot: SlotID) {
        if count >= limit { grow() }
        put(Self.cell(hash, slot))
        count += 1
    }

    @inline(__always) private static func cell(_ hash: UInt64, _ slot: SlotID) -> UInt64 {
        hash & ~0xFFFF_FFFF | UInt64(slot.rawValue &+ 1)
    }

    @inline(__always) private mutating func put(_ cell: UInt64) {
        var position = home(of: cell)
        while cells[position] != 0 { position &+= 1 }
        cells[position] = cell
    }

    /// Removes the hash with this slot, which must be there.
    ///
    /// - Complexity: O(1) on average.
    @inline(__always) mutating func remove(_ hash: UInt64, _ slot: SlotID) {
        let wanted = Self.cell(hash, slot)
        var hole = home(of: wanted)
        while cells[hole] != wanted { hole &+= 1 }
        var position = hole &+ 1
        while true {
            let cell = cells[position]
            if cell == 0 { break }
            if home(of: cell) <= hole {
                cells[hole] = cell
                hole = position
            }
            position &+= 1
        }
        cells[hole] = 0
        count -= 1
    }

    @inline(never)
    private mutating func grow() {
        let homes = Int(homeCount) / 2 * 3
        var old = Self.table(homes)
        swap(&old, &cells)
        (homeCount, limit) = (UInt64(homes), Self.limit(homes))
        for position in 0..<old.count where old[position] != 0 { put(old[position]) }
    }
}
