/// From the hash of a key to its slot: open addressing with linear probing, at most half full.
///
/// Hashes stand for keys; of 64 bits, none meet in a trace. Removal shifts back what followed, so
/// there are no tombstones.
@usableFromInline struct KeyIndex: ~Copyable {
    @usableFromInline struct Entry {
        @usableFromInline var hash: UInt64
        @usableFromInline var slot: SlotID
    }

    private var entries: [Entry]
    private var count = 0

    init() {
        entries = Array(repeating: Entry(hash: 0, slot: .none), count: 1024)
    }

    func slot(of hash: UInt64) -> SlotID? {
        let entry = entries[position(of: hash)]
        return entry.slot == .none ? nil : entry.slot
    }

    mutating func insert(_ hash: UInt64, _ slot: SlotID) {
        if count * 2 >= entries.count { grow() }
        entries[position(of: hash)] = Entry(hash: hash, slot: slot)
        count += 1
    }

    mutating func remove(_ hash: UInt64) {
        var hole = position(of: hash)
        guard entries[hole].slot != .none else { return }
        let mask = entries.count - 1
        var next = (hole + 1) & mask
        while entries[next].slot != .none {
            let distance = (next - home(of: entries[next].hash)) & mask
            if distance >= (next - hole) & mask {
                entries[hole] = entries[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        entries[hole] = Entry(hash: 0, slot: .none)
        count -= 1
    }

    private func home(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash &* 0x9E37_79B9_7F4A_7C15 >> 20) & (entries.count - 1)
    }

    /// Where `hash` is, or else would go.
    private func position(of hash: UInt64) -> Int {
        var position = home(of: hash)
        while entries[position].slot != .none, entries[position].hash != hash {
            position = (position + 1) & (entries.count - 1)
        }
        return position
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: Entry(hash: 0, slot: .none), count: old.count * 2)
        for entry in old where entry.slot != .none {
            entries[position(of: entry.hash)] = entry
        }
    }
}
