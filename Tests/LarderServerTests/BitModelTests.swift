import LarderCore
@testable import LarderServer
import Testing

/// Bits against models that go bit by bit.
@Suite(.onOwnThread) struct BitModelTests {
    /// A value as redis numbers its bits: the highest bit of the first byte is the first.
    struct Bits {
        var bytes: [UInt8]

        subscript(place: Int) -> Bool {
            get { bytes[place / 8] >> UInt8(7 - place % 8) & 1 == 1 }
            set {
                let mask = UInt8(1) << UInt8(7 - place % 8)
                if newValue { bytes[place / 8] |= mask } else { bytes[place / 8] &= ~mask }
            }
        }

        /// The integer of a field, bit by bit.
        func integer(_ field: BitField) -> Int64 {
            var value: Int64 = field.isSigned && self[field.offset] ? -1 : 0
            for place in field.offset..<field.offset + field.width {
                value = value << 1 | (self[place] ? 1 : 0)
            }
            return value
        }

        mutating func set(_ field: BitField, to value: Int64) {
            for index in 0..<field.width {
                self[field.offset + index] = value >> Int64(field.width - 1 - index) & 1 == 1
            }
        }
    }

    private static func randomBytes(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
        // Long runs of equal bits are what a search meets.
        let kind = Int.random(in: 0..<3, using: &random)
        return (0..<count).map { _ in
            switch kind {
            case 0: .random(in: 0...255, using: &random)
            case 1: random.next() % 40 == 0 ? 0x10 : 0
            default: random.next() % 40 == 0 ? 0xFB : 0xFF
            }
        }
    }

    private static func randomField(_ bitCount: Int, _ random: inout SeededRandom) -> BitField {
        let isSigned = Bool.random(using: &random)
        let width = Int.random(in: 1...(isSigned ? 64 : 63), using: &random)
        let offset = Int.random(in: 0...bitCount - width, using: &random)
        return BitField(isSigned: isSigned, width: width, offset: offset)
    }

    /// Numbers at the edges as often as others.
    private static func randomNumber(_ random: inout SeededRandom) -> Int64 {
        let bits = Int64(bitPattern: random.next())
        switch random.next() % 4 {
        case 0: return bits
        case 1: return bits >> Int64.random(in: 0..<64, using: &random)
        case 2: return 1 << Int64.random(in: 0..<63, using: &random)
        default: return -1 << Int64.random(in: 0..<63, using: &random)
        }
    }

    @Test(arguments: UInt64(0)..<32) func `fields are read and written`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var model = Bits(bytes: Self.randomBytes(40, &random))
        var bytes = model.bytes
        for _ in 0..<100 {
            let field = Self.randomField(320, &random)
            #expect(field.load { bytes[$0] } == model.integer(field), "\(field)")
            let value = Self.randomNumber(&random)
            let before = bytes
            field.store(value) {
                before[$0]
            } _: {
                bytes[$0] = $1
            }
            model.set(field, to: value)
            #expect(bytes == model.bytes, "\(field) = \(value)")
        }
    }

    @Test(arguments: UInt64(0)..<32) func `sums stay within their limits`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let field = Self.randomField(64, &random)
            let width = Int128(field.width)
            let lowest = field.isSigned ? -(Int128(1) << (width - 1)) : 0
            let highest = field.isSigned ? Int128(1) << (width - 1) - 1 : Int128(1) << width - 1
            // What is in the field already, and a step.
            let old = Bits(bytes: Self.randomBytes(9, &random)).integer(field)
            let step = Self.randomNumber(&random)
            let sum = Int128(old) + Int128(step)
            let fits = sum >= lowest && sum <= highest
            let wrapped = (sum - lowest) & (Int128(1) << width - 1) + lowest
            let limit = sum > highest ? highest : lowest
            #expect(field.sum(old, step, .wrap) == Int64(fits ? sum : wrapped))
            #expect(field.sum(old, step, .saturate) == Int64(fits ? sum : limit))
            #expect(field.sum(old, step, .fail) == (fits ? Int64(sum) : nil))
        }
    }

    @Test(arguments: UInt64(0)..<32)
    func `bits are counted and found in pieces of any size`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<25 {
            let model = Bits(
                bytes: Self.randomBytes(Int.random(in: 0..<200, using: &random), &random))
            let total = Int64(model.bytes.count * 8)
            let range = BitRange(
                start: .random(in: -total - 9...total + 9, using: &random),
                end: random.next() % 4 == 0 ? nil : .random(in: -total - 9...total, using: &random),
                countsBits: Bool.random(using: &random))
            let bits = range.bits(of: model.bytes.count)
            #expect(Self.count(bits, in: model, &random) == bits.count { model[$0] })
            for isSet in [false, true] {
                let wanted = bits.first { model[$0] == isSet }
                #expect(Self.find(isSet, bits, in: model, &random) == wanted, "\(bits)")
            }
        }
    }

    private static func count(
        _ bits: Range<Int>, in model: Bits, _ random: inout SeededRandom
    ) -> Int {
        var counter = BitCounter(bits)
        for range in pieces(of: model.bytes.count, &random) {
            unsafe counter.feed(
                model.bytes.span.bytes.extracting(range), at: range.lowerBound)
        }
        return counter.count
    }

    private static func find(
        _ isSet: Bool, _ bits: Range<Int>, in model: Bits, _ random: inout SeededRandom
    ) -> Int? {
        var search = BitSearch(bits, isSet: isSet)
        for range in pieces(of: model.bytes.count, &random) {
            let goesOn = unsafe search.feed(
                model.bytes.span.bytes.extracting(range), at: range.lowerBound)
            if !goesOn { break }
        }
        return search.position
    }

    private static func pieces(of count: Int, _ random: inout SeededRandom) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while start < count {
            let end = min(count, start + Int.random(in: 1...70, using: &random))
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }

    @Test(arguments: UInt64(0)..<32) func `values are joined bit by bit`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for count in 0..<40 {
            let left = Self.randomBytes(count + 3, &random)
            let right = Self.randomBytes(count, &random)
            let all: [(BitOperation, (UInt8, UInt8) -> UInt8)] = [
                (.and, { $0 & $1 }), (.or, { $0 | $1 }), (.xor, { $0 ^ $1 }), (.not, { ~$1 }),
            ]
            for (operation, byte) in all {
                var joined = left
                unsafe operation.join(right.span.bytes, to: &joined, at: 3)
                #expect(joined == left.prefix(3) + zip(left.dropFirst(3), right).map(byte))
            }
        }
    }

    /// Redis's differences wrap around, and so does its idea of which end is near.
    @Test func `a number far below saturates at the top, as in redis`() {
        let field = BitField(isSigned: true, width: 8, offset: 0)
        #expect(field.sum(.min, 0, .saturate) == 127)
        #expect(field.sum(-300, 0, .saturate) == -128)
    }
}
