import LarderCore
import LarderPolicy

/// Which slots a policy that samples looks at: halves of random numbers, upper half first.
struct SampleModel {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// Those of `count` random slots that are held; if none is, the first held one behind.
    mutating func slots(
        count: Int, below slotCount: Int, where isHeld: (SlotID) -> Bool
    ) -> [SlotID] {
        var drawn = (0..<count / 2).flatMap { _ in
            let number = random.next()
            return [number >> 32, number & 0xFFFF_FFFF].map { half in
                SlotID(rawValue: UInt32(Double(half) / 4_294_967_296 * Double(slotCount)))
            }
        }
        while !drawn.contains(where: isHeld) {
            let last = drawn[drawn.count - 1].index
            drawn.append(SlotID(rawValue: UInt32((last + 1) % slotCount)))
        }
        return drawn.filter(isHeld)
    }
}
