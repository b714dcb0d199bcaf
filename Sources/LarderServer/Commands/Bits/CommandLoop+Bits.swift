import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// SETBIT.
    func setbit(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let offset = bitOffset(call[2]) else { return output.appendInvalidBitOffset() }
        guard let bit = Decimal.integer(call[3]), bit == 0 || bit == 1 else {
            return output.appendError("ERR bit is not an integer or out of range")
        }
        let mask = UInt8(0x80) >> UInt8(offset % 8)
        var old: UInt8 = 0
        let outcome = edit(call[1], connection) { access in
            max(access.valueLength, offset / 8 + 1)
        } _: { bytes in
            old = bytes[offset / 8] & mask
            guard (old != 0) != (bit == 1) else { return false }
            bytes[offset / 8] ^= mask
            return true
        }
        output.append(outcome) { $0.appendInteger(old == 0 ? 0 : 1) }
    }

    /// GETBIT.
    func getbit(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let offset = bitOffset(call[2]) else { return output.appendInvalidBitOffset() }
        var bit: Int64 = 0
        readPieces(of: call[1], connection) { count in
            offset / 8 < count ? offset / 8..<offset / 8 + 1 : 0..<0
        } _: { piece, _ in
            bit = piece.byte(at: 0) & 0x80 >> UInt8(offset % 8) == 0 ? 0 : 1
            return false
        }
        output.appendInteger(bit)
    }

    /// BITCOUNT.
    func bitcount(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var counter = BitCounter(0..<0)
        let range = Self.countedRange(call)
        let exists = readPieces(of: call[1], connection) { count in
            guard case .range(let range) = range else { return 0..<0 }
            counter = BitCounter(range.bits(of: count))
            return Self.bytes(of: counter.bits)
        } _: { piece, offset in
            counter.feed(piece, at: offset)
            return true
        }
        // Without the key, redis does not look at the arguments.
        guard exists else { return output.appendInteger(0) }
        output.append(range) { output, _ in output.appendInteger(Int64(counter.count)) }
    }

    /// BITPOS.
    func bitpos(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let bit = Decimal.integer(call[2]) else { return output.appendNotAnInteger() }
        guard bit == 0 || bit == 1 else {
            return output.appendError("ERR The bit argument must be 1 or 0.")
        }
        var search = BitSearch(0..<0, isSet: bit == 1)
        let range = Self.searchedRange(call)
        let exists = readPieces(of: call[1], connection) { count in
            guard case .range(let range) = range else { return 0..<0 }
            search = BitSearch(range.bits(of: count), isSet: bit == 1)
            return Self.bytes(of: search.bits)
        } _: { piece, offset in
            search.feed(piece, at: offset)
        }
        guard exists else { return output.appendInteger(bit == 1 ? -1 : 0) }
        output.append(range) { output, range in
            // Behind a value whose end nobody named there are clear bits without end.
            let isOpen = bit == 0 && range.end == nil && !search.bits.isEmpty
            let none = isOpen ? search.bits.upperBound : -1
            output.appendInteger(Int64(search.position ?? none))
        }
    }

    private static func bytes(of bits: Range<Int>) -> Range<Int> {
        bits.lowerBound / 8..<(bits.upperBound + 7) / 8
    }

    private static func countedRange(_ call: borrowing Call) -> BitRangeArgument {
        guard call.count > 2 else { return .range(BitRange()) }
        guard call.count == 4 || call.count == 5 else { return .syntaxError }
        guard let start = Decimal.integer(call[2]), let end = Decimal.integer(call[3]) else {
            return .notAnInteger
        }
        // Redis has its answer here and does not look further.
        if start < 0, end < 0, start > end { return .range(BitRange(start: 1, end: 0)) }
        guard call.count == 5 else { return .range(BitRange(start: start, end: end)) }
        guard let countsBits = countsBits(call[4]) else { return .syntaxError }
        return .range(BitRange(start: start, end: end, countsBits: countsBits))
    }

    private static func searchedRange(_ call: borrowing Call) -> BitRangeArgument {
        var range = BitRange()
        guard call.count > 3 else { return .range(range) }
        guard call.count <= 6 else { return .syntaxError }
        guard let start = Decimal.integer(call[3]) else { return .notAnInteger }
        range.start = start
        if call.count == 6 {
            guard let countsBits = countsBits(call[5]) else { return .syntaxError }
            range.countsBits = countsBits
        }
        if call.count > 4 {
            guard let end = Decimal.integer(call[4]) else { return .notAnInteger }
            range.end = end
        }
        return .range(range)
    }

    private static func countsBits(_ word: RawSpan) -> Bool? {
        if word.equalsIgnoringCase("bit") { return true }
        return word.equalsIgnoringCase("byte") ? false : nil
    }

    /// A bit's place in a value, if a value may be that long.
    func bitOffset(_ word: RawSpan) -> Int? {
        guard let offset = Decimal.integer(word), offset >= 0, offset >> 3 < store.valueMax else {
            return nil
        }
        return Int(offset)
    }
}

/// What a command says about the bits that it looks at.
enum BitRangeArgument {
    case range(BitRange)
    case notAnInteger
    case syntaxError
}

extension OutputBuffer {
    mutating func appendInvalidBitOffset() {
        appendError("ERR bit offset is not an integer or out of range")
    }

    fileprivate mutating func append(
        _ argument: BitRangeArgument, _ success: (inout OutputBuffer, BitRange) -> Void
    ) {
        switch argument {
        case .range(let range): success(&self, range)
        case .notAnInteger: appendNotAnInteger()
        case .syntaxError: appendSyntaxError()
        }
    }
}
