@testable import LarderPolicy

/// The sketch as one would explain it: a number per counter, all halved at once.
struct FrequencySketchModel {
    private var counters: [Int] = []
    private var entryCount = 0
    private var additionCount = 0

    private var blockCount: Int { counters.count / 128 }

    mutating func reserve(forEntries count: Int) {
        entryCount = count
        var wanted = 8 * 16
        while wanted < count * 16 { wanted *= 2 }
        if counters.isEmpty { counters = Array(repeating: 0, count: wanted) }
        while counters.count < wanted { counters += counters }
    }

    func estimate(of fingerprint: UInt32) -> Int {
        places(of: fingerprint).map { counters[$0] }.min() ?? 0
    }

    mutating func add(_ fingerprint: UInt32) {
        let growing = places(of: fingerprint).filter { counters[$0] < 15 }
        for place in growing { counters[place] += 1 }
        if !growing.isEmpty { additionCount += 1 }
        guard additionCount >= 10 * entryCount else { return }
        let oddCount = counters.count { $0 % 2 == 1 }
        counters = counters.map { $0 / 2 }
        additionCount = max(0, additionCount - oddCount / 4) / 2
    }

    /// Which counters belong to a key is a matter of hashing, and the same as in the sketch.
    private func places(of fingerprint: UInt32) -> [Int] {
        let block = Int(fingerprint) % blockCount
        return (0..<4).map { row in
            let counter = FrequencySketch.counter(row, FrequencySketch.choice(fingerprint))
            return (block * 8 + counter.word) * 16 + Int(counter.shift) / 4
        }
    }
}
