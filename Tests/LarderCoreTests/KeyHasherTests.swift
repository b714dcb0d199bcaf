import Foundation
import LarderCore
import Testing

@Suite struct KeyHasherTests {
    private let hasher = KeyHasher(seed: 42)

    private func hash(_ bytes: [UInt8], salt: UInt64 = 0) -> UInt64 {
        unsafe hasher.hash(bytes.span.bytes, salt: salt)
    }

    /// Lengths on both sides of each border in the algorithm: 3, 4, 7, 8, 16 and 48 bytes, and the
    /// lanes of 48.
    static let lengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 47, 48, 49, 64, 97, 145]

    /// All bits of all lengths with 40,000 samples, for a release build: `LARDER_LONG_TESTS=1`.
    static let isLong = ProcessInfo.processInfo.environment["LARDER_LONG_TESTS"] != nil

    /// The share of flips among n samples has a standard deviation of 0.5 / sqrt(n): of 40,000 it
    /// is 0.25 %, and 0.48 to 0.52 are 8 of them; of 4,096 it is 0.8 %, and the bounds are 5.
    @Test(arguments: lengths)
    func `each input bit flips each output bit half of the time`(length: Int) {
        let bounds = Self.isLong ? 0.48...0.52 : 0.46...0.54
        for bit in Self.isLong ? Array(0..<length * 8) : [0, length * 4 + 3, length * 8 - 1] {
            let shares = flipShares(length: length, bit: bit)
            #expect(shares.allSatisfy { bounds.contains($0) }, "bit \(bit): \(shares)")
        }
    }

    /// For each output bit, how often it differs when the input's `bit` does.
    private func flipShares(length: Int, bit: Int) -> [Double] {
        let sampleCount = Self.isLong ? 40_000 : 4096
        var random = SeededRandom(seed: UInt64(length))
        var flips = [Int](repeating: 0, count: 64)
        for _ in 0..<sampleCount {
            // Of one or two bytes there are too few keys: then the seeds are the samples.
            let hasher = length > 2 ? hasher : KeyHasher(seed: random.next())
            var key = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let before = unsafe hasher.hash(key.span.bytes)
            key[bit / 8] ^= 1 << UInt8(bit % 8)
            var difference = unsafe before ^ hasher.hash(key.span.bytes)
            while difference != 0 {
                flips[difference.trailingZeroBitCount] += 1
                difference &= difference - 1
            }
        }
        return flips.map { Double($0) / Double(sampleCount) }
    }

    @Test func `each bit of the salt flips half of the hash`() {
        for bit in 0..<64 {
            var flipCount = 0
            for key in UInt8(0)..<100 {
                let difference = hash([key]) ^ hash([key], salt: 1 << UInt64(bit))
                flipCount += difference.nonzeroBitCount
            }
            #expect((0.47...0.53).contains(Double(flipCount) / 6400), "bit \(bit)")
        }
    }

    @Test func `sequential decimal keys do not collide and fill buckets evenly`() {
        let count = 50_000
        let hashes = (0..<count).map { hash(Array("key:\($0)".utf8)) }
        #expect(Set(hashes).count == count)
        for shift in [0, 16, 32, 54] {
            var buckets = [Int](repeating: 0, count: 1024)
            for hash in hashes { buckets[Int(hash >> UInt64(shift) & 1023)] += 1 }
            let mean = Double(count) / 1024
            let squares = buckets.map { (Double($0) - mean) * (Double($0) - mean) }
            let chiSquare = squares.reduce(0, +) / mean
            // 1,023 degrees of freedom have a deviation of 45: five of them.
            #expect(chiSquare < 1023 + 5 * 45, "bits from \(shift)")
        }
    }

    @Test(arguments: lengths)
    func `keys that differ in one bit or two do not collide`(length: Int) {
        let key = [UInt8](repeating: 0x5A, count: length)
        var hashes: Set<UInt64> = [hash(key)]
        var keyCount = 1
        let bits = Array(stride(from: 0, to: length * 8, by: length > 16 ? 5 : 1))
        for (index, first) in bits.enumerated() {
            for second in bits[index...] {
                var other = key
                other[first / 8] ^= 1 << UInt8(first % 8)
                if second != first { other[second / 8] ^= 1 << UInt8(second % 8) }
                hashes.insert(hash(other))
                keyCount += 1
            }
        }
        #expect(hashes.count == keyCount)
    }

    @Test(arguments: [UInt8(0), 0xFF])
    func `repeated bytes of each length have hashes of their own`(byte: UInt8) {
        let hashes = (0...300).map { hash(Array(repeating: byte, count: $0)) }
        #expect(Set(hashes).count == 301)
    }

    @Test(arguments: lengths)
    func `a longer key with the same start has another hash`(length: Int) {
        let key = (0..<UInt8(length)).map { $0 }
        var hashes: Set<UInt64> = [hash(key)]
        for byte in UInt8.min...UInt8.max { hashes.insert(hash(key + [byte])) }
        #expect(hashes.count == 257)
    }

    @Test func `salts and seeds separate key spaces`() {
        let key = Array("product:42".utf8)
        let salted = (0..<1000).map { hash(key, salt: $0) }
        let seeded = (0..<1000).map { unsafe KeyHasher(seed: $0).hash(key.span.bytes) }
        // Salt 0 is no salt, and seed 42 is the hasher's own: these two are the same.
        #expect(Set(salted + seeded).count == 1999)
    }

    /// With a constant that everybody knows in its place, this key would erase the state.
    @Test(arguments: [0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3])
    func `wyhash's constants as keys do not cancel what follows`(constant: UInt64) {
        let start = (0..<8).map { UInt8(truncatingIfNeeded: constant >> UInt64($0 * 8)) }
        for end in [0, 16, 48] {
            let hashes = (UInt8.min...UInt8.max).map { byte in
                let rest = [UInt8](repeating: byte, count: 8) + [UInt8](repeating: 0, count: end)
                return hash(start + rest)
            }
            #expect(Set(hashes).count == 256, "with \(end) bytes behind it")
        }
    }

    /// No file keeps hashes, but a change by mistake would change every measured hit ratio.
    @Test func `hashes stay what they are`() {
        #expect(hash([]) == 9_457_411_395_430_598_425)
        let text = Array("The quick brown fox jumps over the lazy dog, and over the next one.".utf8)
        #expect(hash(Array(text.prefix(3))) == 405_224_929_565_000_520)
        #expect(hash(Array(text.prefix(7))) == 9_475_834_102_766_285_845)
        #expect(hash(Array(text.prefix(16))) == 10_342_240_891_290_497_682)
        #expect(hash(Array(text.prefix(40)), salt: 3) == 12_022_213_752_292_987_479)
        #expect(hash(text) == 8_740_543_443_212_409_910)
    }
}
