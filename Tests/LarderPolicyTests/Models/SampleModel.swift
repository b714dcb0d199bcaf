import LarderCore
import LarderPolicy

/// Which slots a policy that samples looks at: halves of random numbers, upper half first.
struct SampleModel {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func slots(count: Int, below slotCount: Int) -> [SlotID] {
        (0..<count / 2).flatMap { _ in
            let number = random.next()
            return [number >> 32, number & 0xFFFF_FFFF].map { half in
                SlotID(rawValue: UInt32(Double(half) / 4_294_967_296 * Double(slotCount)))
            }
        }
    }
}
