/// The sizes of blocks, and which one a number of bytes needs.
///
/// Steps of 8 bytes up to 128, then eight steps per doubling, so a block is at most 1/9 larger than
/// what was asked for. Above an eighth of a slab only whole fractions of a slab are of use: those
/// few classes are for entries with very long keys.
struct SizeClasses: Sendable {
    /// Bytes of a slab, from which all blocks are cut. 64 KiB: 0.1 % of a 64 MB shard, so a partly
    /// filled slab of each class is no loss; and a step of compaction moves no more than that.
    static var slabBytes: Int { 65536 }
    /// Largest block that holds an entry with its value. Larger values live in chunks.
    static var inlineMax: Int { slabBytes / 8 }
    /// Largest block: an entry with the longest key and a little more.
    static var blockMax: Int { slabBytes / 3 / 8 * 8 }

    private static var smallMax: Int { 128 }

    /// Size of each class: those for entries, ascending, then the two for pieces of large values.
    let sizes: [Int]
    /// Class by units of 8 bytes, up to `blockMax`.
    private let classByUnits: [UInt8]

    /// Number of classes for entries. The pieces of large values have classes of their own, since
    /// readers look at them without a lock and they can therefore not be moved.
    let entryClassCount: Int

    /// Piece of a large value.
    static var chunkBytes: Int { 8192 }
    /// Piece at its end: of 8 KiB values it wastes 6 % at the most, and of larger ones less.
    static var tailBytes: Int { 1024 }

    var chunkClass: Int { entryClassCount }
    var tailClass: Int { entryClassCount + 1 }

    static let shared = SizeClasses()

    private init() {
        var sizes = Array(stride(from: 24, through: Self.smallMax, by: 8))
        var doubling = Self.smallMax
        while doubling < Self.inlineMax {
            for step in 1...8 { sizes.append(doubling + doubling / 8 * step) }
            doubling *= 2
        }
        for fraction in stride(from: 7, through: 3, by: -1) {
            sizes.append(Self.slabBytes / fraction / 8 * 8)
        }
        var table: [UInt8] = []
        var sizeClass = 0
        for units in 0...(Self.blockMax / 8) {
            while sizes[sizeClass] < units * 8 { sizeClass += 1 }
            table.append(UInt8(sizeClass))
        }
        entryClassCount = sizes.count
        self.sizes = sizes + [Self.chunkBytes, Self.tailBytes]
        classByUnits = table
    }

    var count: Int { sizes.count }

    /// Bytes of the smallest block with room for `byteCount`, which is at most `blockMax`: what the
    /// tables say, by arithmetic for all but very long keys, since each hit asks.
    ///
    /// - Complexity: O(1).
    @inline(__always)
    static func blockBytes(for byteCount: Int) -> Int {
        guard byteCount <= inlineMax else { return longBlockBytes(for: byteCount) }
        let bytes = max(byteCount, 24)
        // An eighth of the power of two below, at least 8.
        let step = max(8, 1 &<< (Int.bitWidth - 4 - (bytes - 1).leadingZeroBitCount))
        return (bytes + step - 1) & -step
    }

    @inline(never)
    private static func longBlockBytes(for byteCount: Int) -> Int {
        shared.sizes[shared.sizeClass(for: byteCount)]
    }

    /// The smallest class with room for `byteCount`, which is at most `blockMax`.
    ///
    /// - Complexity: O(1).
    func sizeClass(for byteCount: Int) -> Int {
        Int(classByUnits[(byteCount + 7) >> 3])
    }
}
