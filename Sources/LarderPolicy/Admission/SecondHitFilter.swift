// Second hit: most of what comes to a cache in front of the world is asked for once. So the first
// request only leaves a note, and the second one is let in [1].
//
//     admits(x):  it fits, or x is in the notes; if it is not, note x
//     notes:      two Bloom filters [2]; when the younger is full, it becomes the older, and what
//                 was in that one is forgotten
//
// Where we differ: while there is room everybody is let in, as nobody has to leave for them. The
// notes are as many as two to four times the entries that are held, not those of a day.
//
// [1] B. Maggs and R. Sitaraman, Algorithmic Nuggets in Content Delivery, ACM CCR 2015,
//     https://doi.org/10.1145/2805789.2805800
// [2] F. Putze et al., Cache-, Hash- and Space-Efficient Bloom Filters, WEA 2007,
//     https://doi.org/10.1007/978-3-540-72845-0_9

import LarderCore

/// Lets in who comes for the second time [1]. Weight, cost and priority are ignored.
public struct SecondHitFilter: AdmissionFilter, ~Copyable {
    /// Notes that fit the smaller half at least, in 2 KiB.
    static let notesMin = 1 << 10
    /// Notes of each half, for each entry that is held when it begins.
    static let notesPerEntry = 2

    private var younger = BloomNotes(noteMax: Self.notesMin)
    private var older = BloomNotes(noteMax: Self.notesMin)

    /// A filter that knows nothing yet.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {}

    /// Bytes of memory that the filter holds.
    public var storageBytes: Int { younger.storageBytes + older.storageBytes }

    /// Does nothing: who is here need not be let in.
    public mutating func touch(_ slot: SlotID, _ access: Access) {}

    /// Whether there is room, or a note.
    public mutating func admits(
        _ slot: SlotID, _ access: Access, to place: AdmissionPlace
    ) -> Bool {
        if younger.contains(access.hash) || older.contains(access.hash) { return true }
        if younger.isFull {
            let noteMax = max(Self.notesMin, Self.notesPerEntry * place.entryCount)
            swap(&younger, &older)
            younger = BloomNotes(noteMax: noteMax)
        }
        younger.insert(access.hash)
        return place.missing <= 0
    }
}

/// A Bloom filter whose bits for one key lie in one word: 16 bits per note, of which four are set,
/// so that about one answer in 200 is wrong when it is full.
struct BloomNotes: ~Copyable {
    private static let notesPerWord = 4
    private static let bitsPerNote = 4

    private var words: ReservedArray<UInt64>
    private let noteMax: Int
    private var noteCount = 0

    init(noteMax: Int) {
        self.noteMax = noteMax
        let wordCount = (noteMax + Self.notesPerWord - 1) / Self.notesPerWord
        words = ReservedArray(reserving: wordCount)
        words.grow(toCount: wordCount)
    }

    var storageBytes: Int { words.storageBytes }

    var isFull: Bool { noteCount >= noteMax }

    func contains(_ hash: UInt64) -> Bool {
        let bits = Self.bits(hash)
        return words[place(of: hash)] & bits == bits
    }

    mutating func insert(_ hash: UInt64) {
        words[place(of: hash)] |= Self.bits(hash)
        noteCount += 1
    }

    /// Spread by multiplication, since some bits of hashes are alike within a shard.
    private static func spread(_ hash: UInt64) -> UInt64 { hash &* 0x9E37_79B9_7F4A_7C15 }

    private func place(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: (Self.spread(hash) >> 32 &* UInt64(words.count)) >> 32)
    }

    private static func bits(_ hash: UInt64) -> UInt64 {
        var source = spread(hash ^ hash >> 32)
        var bits: UInt64 = 0
        for _ in 0..<bitsPerNote {
            bits |= 1 << (source >> 58)
            source <<= 6
        }
        return bits
    }
}
