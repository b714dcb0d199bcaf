import LarderCore
@testable import LarderPolicy
import Testing

@Suite struct GhostTests: ~Copyable {
    private var ghost = Ghost()

    private mutating func insert(
        _ fingerprints: some Sequence<UInt32>, weight: Int = 1, limit: Int, expected: Int = 0
    ) {
        for fingerprint in fingerprints {
            ghost.insert(
                fingerprint &* 0x9E37_79B9, weight: weight,
                limit: Ghost.Limit(
                    weight: limit, entries: limit, expectedEntries: max(expected, limit)))
        }
    }

    private mutating func remove(_ fingerprint: UInt32) -> Bool {
        ghost.remove(fingerprint &* 0x9E37_79B9)
    }

    @Test mutating func `remembers as many as it may, once each`() throws {
        insert(0..<20, limit: 10)
        #expect(ghost.count == 10)
        #expect(remove(9) == false)
        #expect(remove(10) == true)
        #expect(remove(10) == false)
        #expect(remove(19) == true)
        try ghost.checkInvariants()
    }

    @Test mutating func `an entry that came back makes room for another`() {
        insert(0..<10, limit: 10)
        for fingerprint in UInt32(5)..<9 { #expect(remove(fingerprint) == true) }
        insert(10..<14, limit: 10)
        #expect(remove(0) == true)
    }

    @Test mutating func `heavy entries are fewer`() {
        insert(0..<10, limit: 10)
        insert([10], weight: 8, limit: 10)
        #expect(ghost.count == 3)
        #expect(ghost.weight == 10)
    }

    @Test mutating func `a lowered limit is reached in bounded steps`() {
        insert(0..<1000, limit: 1000)
        insert([1000], limit: 1)
        #expect(ghost.count == 1001 - Ghost.stepsMax)
        insert(1001..<1020, limit: 1)
        #expect(ghost.count == 1)
    }

    @Test mutating func `takes no memory before the first entry, then about 14 bytes each`() {
        #expect(ghost.storageBytes == 0)
        insert(0..<100_000, limit: 100_000)
        #expect(ghost.storageBytes < 100_000 * 17)
        #expect(Double(ghost.overflowCount) < 100_000 * 0.03)
    }

    @Test mutating func `outgrows its table without forgetting`() throws {
        insert(0..<2000, limit: 400)
        insert(2000..<2200, limit: 4000)
        try ghost.checkInvariants()
        let kept = (UInt32(1610)..<2200).count { remove($0) }
        // Some buckets of the first table were full.
        #expect(kept > 570)
    }

    @Test mutating func `gives the first table back when all of it is forgotten`() {
        insert(0..<2000, limit: 20_000)
        insert(2000..<2100, limit: 400_000)
        let both = ghost.storageBytes
        insert(3000..<3400, limit: 300, expected: 400_000)
        #expect(ghost.count == 300)
        #expect(ghost.storageBytes < both - 20_000 * 12)
    }

    @Test(arguments: [1, 2, 15, 16, 17, 31, 32, 100, 1000, 4095, 65_537, 1 << 31, (1 << 32) - 1])
    func `rounds weights to a sixteenth`(weight: Int) {
        let rounded = RoundedWeight(weight).value
        #expect(abs(rounded - weight) * 16 <= weight)
        #expect(weight > 15 || rounded == weight)
    }

    @Test func `a window of time may wrap around`() {
        let window = TimeWindow(start: .max - 1, end: 2)
        let times: [UInt32] = [.max - 2, .max - 1, .max, 0, 1, 2]
        #expect(times.map { window.contains($0) } == [false, true, true, true, true, false])
    }
}
