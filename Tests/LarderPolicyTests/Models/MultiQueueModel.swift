import LarderPolicy

/// MQ as one would explain it: eight arrays, the lowest queue first, in each the next to fall or
/// leave first.
struct MultiQueueModel: PolicyModel {
    struct Entry {
        var slot: SlotID
        var weight: Int
        var frequency: Int
        var expiry: Int
    }

    let lifetime: Int
    private var queues = [[Entry]](repeating: [], count: 8)
    private var ghost = GhostModel()
    private var now = 0
    private var candidate: SlotID?

    init(lifetime: Int) {
        self.lifetime = lifetime
    }

    private var entries: [Entry] { queues.flatMap(\.self) }

    var totalWeight: Int { entries.reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool {
        entries.contains { $0.slot == slot }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        let fits = weight <= totalWeight + room
        let remembered = fits ? ghost.removeWeight(of: slot) ?? 0 : 0
        return admit(slot, weight: weight, room: room) {
            $0.enter(Entry(slot: slot, weight: weight, frequency: remembered + 1, expiry: 0))
        }
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        guard var entry = entries.first(where: { $0.slot == slot }) else { return }
        takeOut(slot)
        entry.weight = weight
        entry.frequency += 1
        enter(entry)
    }

    private mutating func enter(_ entry: Entry) {
        var queue = 0
        while queue < 7, entry.frequency >= 2 << queue { queue += 1 }
        put(entry, in: queue)
        now += 1
        for queue in 1..<8 {
            guard let last = queues[queue].first, last.expiry < now else { continue }
            put(queues[queue].removeFirst(), in: queue - 1)
        }
    }

    private mutating func put(_ entry: Entry, in queue: Int) {
        var entry = entry
        entry.expiry = now + lifetime
        queues[queue].append(entry)
    }

    private mutating func takeOut(_ slot: SlotID) {
        for queue in queues.indices { queues[queue].removeAll { $0.slot == slot } }
    }

    mutating func remove(_ slot: SlotID) {
        let limit = 4 * entries.count
        let left = entries.first { $0.slot == slot }
        takeOut(slot)
        guard slot == candidate, let left else { return }
        candidate = nil
        ghost.append(slot, weight: left.frequency, weightMax: .max, countMax: limit)
    }

    mutating func coldest() -> SlotID? {
        candidate = entries.first?.slot
        return candidate
    }
}
