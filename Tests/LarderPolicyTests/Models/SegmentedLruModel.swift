import LarderPolicy

/// Segmented LRU as one would explain it: four arrays, the lowest segment first, in each the next
/// to fall or leave first.
struct SegmentedLruModel: PolicyModel {
    private var segments: [[(slot: SlotID, weight: Int)]] = [[], [], [], []]
    private var capacity = 0

    private static func weight(of entries: [(slot: SlotID, weight: Int)]) -> Int {
        entries.reduce(0) { $0 + $1.weight }
    }

    var totalWeight: Int { segments.reduce(0) { $0 + Self.weight(of: $1) } }

    func holds(_ slot: SlotID) -> Bool {
        segments.contains { $0.contains { $0.slot == slot } }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        capacity = max(0, totalWeight + room)
        return admit(slot, weight: weight, room: room) { model in
            let share = model.capacity / 4
            let withRoom = model.segments.firstIndex { Self.weight(of: $0) + weight <= share }
            model.segments[withRoom ?? 0].append((slot, weight))
        }
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        let place = segments.firstIndex { $0.contains { $0.slot == slot } }
        guard let old = place else { return }
        remove(slot)
        let new = min(old + 1, 3)
        segments[new].append((slot, weight))
        for full in [3, 2, 1] where full <= new {
            guard Self.weight(of: segments[full]) > capacity / 4 else { return }
            while Self.weight(of: segments[full]) > capacity / 4 {
                segments[full - 1].append(segments[full].removeFirst())
            }
        }
    }

    mutating func remove(_ slot: SlotID) {
        for index in segments.indices { segments[index].removeAll { $0.slot == slot } }
    }

    mutating func coldest() -> SlotID? {
        segments.first { !$0.isEmpty }?.first?.slot
    }
}
