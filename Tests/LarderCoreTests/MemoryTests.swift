import LarderCore
import Testing

@Suite struct MemoryTests {
    @Test func `a fixed array holds what was written`() {
        var array = FixedArray(repeating: UInt32(7), count: 10)
        array[3] = 8
        #expect((0..<10).map { array[$0] } == [7, 7, 7, 8, 7, 7, 7, 7, 7, 7])
    }

    @Test func `a reserved array grows in place, with zeros`() {
        var array = ReservedArray<UInt64>(reserving: 1 << 20)
        #expect(array.storageBytes == 0)
        array.grow(toCount: 1)
        array[0] = 5
        let announced = array.storageBytes + array.additionalBytes(forCount: 1 << 20)
        array.grow(toCount: 1 << 20)
        #expect(array[0] == 5)
        #expect(array[(1 << 20) - 1] == 0)
        #expect(array.storageBytes == 8 << 20)
        #expect(array.storageBytes == announced)
    }

    @Test func `a reserved array takes memory in steps, within its reservation`() {
        var large = ReservedArray<UInt8>(reserving: 1 << 20)
        large.grow(toCount: 1)
        #expect(large.storageBytes == ReservedArray<UInt8>.growthBytes)
        var small = ReservedArray<UInt8>(reserving: 10)
        small.grow(toCount: 10)
        #expect(small.storageBytes == PageMemory.pageSize)
    }

    @Test func `traps beyond the end`() async {
        await #expect(processExitsWith: .failure) {
            let array = FixedArray(repeating: 0, count: 1)
            _ = array[1]
        }
        await #expect(processExitsWith: .failure) {
            let array = FixedArray(repeating: 0, count: 1)
            _ = array[-1]
        }
        await #expect(processExitsWith: .failure) {
            let array = ReservedArray<Int>(reserving: 10)
            _ = array[0]
        }
        await #expect(processExitsWith: .failure) {
            var array = ReservedArray<Int>(reserving: 10)
            array.grow(toCount: 11)
        }
    }

    /// The first values of the algorithm's published reference for seed 1234567.
    @Test func `the seeded source is SplitMix64`() {
        var random = SeededRandom(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }
}
