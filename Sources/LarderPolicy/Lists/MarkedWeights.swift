import LarderCore

/// The weight of every slot and three bits of notes beside it, in one word, so that a hit reads
/// four bytes and writes them only to change a note.
///
/// Weights that do not fit are kept in a dictionary: no value that a client can store is so large,
/// but objects in a trace may be.
struct MarkedWeights: ~Copyable {
    /// Bytes of storage per slot.
    static var bytesPerSlot: Int { MemoryLayout<UInt32>.stride }

    /// Bits of a note, which may be used as numbers of three bits too.
    static let noteShift: UInt32 = 29
    /// The weights that fit are below this one, which says that the weight is kept elsewhere.
    private static let heavy: UInt32 = 1 << noteShift - 1

    private var words: ReservedArray<UInt32>
    private var heavyWeights: [SlotID: UInt32] = [:]

    /// No weights yet, of the slots `0..<slotCapacity`.
    init(slotCapacity: Int) {
        words = ReservedArray(reserving: slotCapacity)
    }

    var storageBytes: Int {
        words.storageBytes + heavyWeights.capacity * MemoryLayout<(SlotID, UInt32)>.stride
    }

    /// The note of `slot`: 0 to 7.
    func note(of slot: SlotID) -> UInt32 { words[slot.index] >> Self.noteShift }

    mutating func setNote(of slot: SlotID, to note: UInt32) {
        words[slot.index] = words[slot.index] & Self.heavy | note << Self.noteShift
    }

    func weight(of slot: SlotID) -> UInt32 {
        let stored = words[slot.index] & Self.heavy
        return stored < Self.heavy ? stored : heavyWeights[slot, default: 0]
    }

    /// Keeps `weight` and `note` for `slot`, which has none.
    mutating func insert(_ slot: SlotID, weight: UInt32, note: UInt32) {
        if slot.index >= words.count { words.grow(toCount: slot.index + 1) }
        words[slot.index] = min(weight, Self.heavy) | note << Self.noteShift
        if weight >= Self.heavy { heavyWeights[slot] = weight }
    }

    /// Forgets what is known of `slot`, and returns its weight.
    mutating func remove(_ slot: SlotID) -> UInt32 {
        let stored = words[slot.index] & Self.heavy
        return stored < Self.heavy ? stored : heavyWeights.removeValue(forKey: slot) ?? 0
    }

    /// Slots whose weight is kept elsewhere. For tests.
    var heavySlots: Set<SlotID> { Set(heavyWeights.keys) }

    /// Whether the weight of `slot` is kept elsewhere. For tests.
    func isHeavy(_ slot: SlotID) -> Bool { words[slot.index] & Self.heavy == Self.heavy }
}
