import LarderCore
@testable import LarderPolicy
import Testing

@Suite struct FrequencySketchTests: ~Copyable {
    private var sketch = FrequencySketch(entryCountMax: 1 << 16)

    private static func fingerprint(_ key: UInt64) -> UInt32 {
        FrequencySketch.fingerprint(of: KeyHasherForTests.hash(key))
    }

    @Test(arguments: UInt64(0)..<64)
    func `agrees with the model after every addition`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var sketch = FrequencySketch(entryCountMax: 100)
        var model = FrequencySketchModel()
        for count in [3, 20, 50, 100] {
            sketch.reserve(forEntries: count)
            model.reserve(forEntries: count)
            for _ in 0..<1500 {
                let key = Self.fingerprint(random.next() % (1 + random.next() % 60))
                sketch.add(key)
                model.add(key)
                let estimate = sketch.estimate(of: key)
                try #require(estimate == model.estimate(of: key))
                try sketch.checkInvariants()
            }
        }
    }

    @Test mutating func `counts to 15 and forgets in halves`() {
        sketch.reserve(forEntries: 64)
        for _ in 0..<40 { sketch.add(Self.fingerprint(1)) }
        #expect(sketch.estimate(of: Self.fingerprint(1)) == 15)
        #expect(sketch.estimate(of: Self.fingerprint(2)) == 0)
        for key in UInt64(0)..<700 { sketch.add(Self.fingerprint(100 + key)) }
        let later = sketch.estimate(of: Self.fingerprint(1))
        #expect((7...10).contains(later))
    }

    @Test mutating func `knows nothing before it is told how much to know`() {
        sketch.add(7)
        #expect(sketch.estimate(of: 7) == 0)
        #expect(sketch.storageBytes == 0)
    }

    @Test mutating func `grows without forgetting`() {
        sketch.reserve(forEntries: 256)
        for key in UInt64(0)..<100 { for _ in 0..<3 { sketch.add(Self.fingerprint(key)) } }
        sketch.reserve(forEntries: 50_000)
        for key in UInt64(0)..<100 {
            let estimate = sketch.estimate(of: Self.fingerprint(key))
            #expect(estimate >= 3)
        }
        #expect(sketch.storageBytes == 1 << 19)
    }

    @Test mutating func `half-swept counters are read as if they were halved`() {
        sketch.reserve(forEntries: 50_000)
        for key in UInt64(0)..<100 { for _ in 0..<8 { sketch.add(Self.fingerprint(key)) } }
        var additions = 0
        while sketch.estimate(of: Self.fingerprint(0)) >= 8, additions < 600_000 {
            sketch.add(Self.fingerprint(UInt64(1000 + additions)))
            additions += 1
        }
        // The sweep has only begun, and all of them have half of what they had, or a bit more.
        let halves = (UInt64(0)..<100).count { sketch.estimate(of: Self.fingerprint($0)) < 8 }
        #expect(halves >= 90)
    }
}
