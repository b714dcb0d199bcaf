import LarderCore
import LarderPolicy

/// Which slots a policy that samples looks at: halves of random numbers, upper half first.
struct SampleModel {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// Those of `count` random slots, and of `others`, that are held; if none is, the first held
    /// one behind the last that was drawn.
    mutating func slots(
        count: Int, and others: [SlotID] = [], below slotCount: Int,
        where isHeld: (SlotID) -> Bool
    ) -> [SlotID] {
        let drawn = (0..<count / 2).flatMap { _ in
            let number = random.next()
            return [number >> 32, number & 0xFFFF_FFFF].map { half in
                SlotID(rawValue: UInt32(Double(half) / 4_294_967_296 * Double(slotCount)))
            }
        }
        var held = (drawn + others).filter(isHeld)
        var next = drawn[count - 1].index
        while held.isEmpty {
            next = (next + 1) % slotCount
            held = [SlotID(rawValue: UInt32(next))].filter(isHeld)
        }
        return held
    }
}
