import LarderCore
import LarderMemory
import LarderWire

/// One step of BITFIELD.
struct BitFieldStep {
    enum Kind {
        case get
        case set(Int64, BitField.Overflow)
        case increment(Int64, BitField.Overflow)
    }

    var field: BitField
    var kind: Kind

    var isWrite: Bool {
        if case .get = kind { return false }
        return true
    }
}

extension CommandLoop {
    /// BITFIELD and BITFIELD_RO.
    func bitfield(
        _ call: borrowing Call, _ connection: ClientConnection, isReadOnly: Bool,
        _ output: inout OutputBuffer
    ) {
        guard let steps = bitFieldSteps(call, &output) else { return }
        let writes = steps.filter(\.isWrite)
        let replies: [Int64?]
        if writes.isEmpty {
            replies = readFields(steps, call[1], connection)
        } else {
            guard !isReadOnly else {
                return output.appendError("ERR BITFIELD_RO only supports the GET subcommand")
            }
            let end = writes.reduce(0) { max($0, $1.field.byteRange.upperBound) }
            guard end <= store.valueMax else { return output.appendInvalidBitOffset() }
            var results: [Int64?] = []
            let outcome = edit(call[1], connection) { access in
                max(access.valueLength, end)
            } _: { bytes in
                Self.run(steps, on: bytes, &results)
            }
            guard outcome == .stored else { return output.append(outcome) { _ in } }
            replies = results
        }
        output.appendArrayHeader(replies.count)
        for reply in replies {
            if let reply {
                output.appendInteger(reply)
            } else {
                output.appendNull(connection.version)
            }
        }
    }

    private func readFields(
        _ steps: [BitFieldStep], _ key: RawSpan, _ connection: ClientConnection
    ) -> [Int64?] {
        var snapshot = ValueSnapshot.none
        withKey(key, connection) { access in
            access.countRead()
            snapshot = access.snapshot()
        }
        return steps.map { step in
            step.field.load { snapshot.byte(at: $0) }
        }
    }

    /// - Returns: Whether a byte was changed.
    private static func run(
        _ steps: [BitFieldStep], on bytes: borrowing ValueBytes, _ results: inout [Int64?]
    ) -> Bool {
        results.removeAll(keepingCapacity: true)
        var isChanged = false
        for step in steps {
            let old = step.field.load { $0 < bytes.count ? bytes[$0] : 0 }
            let new: Int64?
            switch step.kind {
            case .get:
                results.append(old)
                continue
            case .set(let value, let overflow):
                new = step.field.sum(value, 0, overflow)
                results.append(new == nil ? nil : old)
            case .increment(let value, let overflow):
                new = step.field.sum(old, value, overflow)
                results.append(new)
            }
            guard let new, new != old else { continue }
            isChanged = true
            step.field.store(new) {
                bytes[$0]
            } _: {
                bytes[$0] = $1
            }
        }
        return isChanged
    }

    /// Reads the steps of a call; `nil` after an error was written.
    private func bitFieldSteps(
        _ call: borrowing Call, _ output: inout OutputBuffer
    ) -> [BitFieldStep]? {
        var steps: [BitFieldStep] = []
        var overflow = BitField.Overflow.wrap
        var index = 2
        while index < call.count {
            let word = call[index]
            let left = call.count - index - 1
            if word.equalsIgnoringCase("overflow"), left >= 1 {
                guard let kind = Self.overflow(call[index + 1]) else {
                    output.appendError("ERR Invalid OVERFLOW type specified")
                    return nil
                }
                overflow = kind
                index += 2
                continue
            }
            let isGet = word.equalsIgnoringCase("get")
            let isSet = word.equalsIgnoringCase("set")
            guard isGet || isSet || word.equalsIgnoringCase("incrby"), left >= (isGet ? 2 : 3)
            else {
                output.appendSyntaxError()
                return nil
            }
            guard let field = bitField(call[index + 1], call[index + 2], &output) else {
                return nil
            }
            index += 3
            guard !isGet else {
                steps.append(BitFieldStep(field: field, kind: .get))
                continue
            }
            guard let number = Decimal.integer(call[index]) else {
                output.appendNotAnInteger()
                return nil
            }
            let kind =
                isSet ? BitFieldStep.Kind.set(number, overflow) : .increment(number, overflow)
            steps.append(BitFieldStep(field: field, kind: kind))
            index += 1
        }
        return steps
    }

    private static func overflow(_ word: RawSpan) -> BitField.Overflow? {
        if word.equalsIgnoringCase("wrap") { return .wrap }
        if word.equalsIgnoringCase("sat") { return .saturate }
        return word.equalsIgnoringCase("fail") ? .fail : nil
    }

    /// Reads a type such as `u8` and an offset, which `#` makes count fields; `nil` after an error
    /// was written.
    private func bitField(
        _ type: RawSpan, _ offset: RawSpan, _ output: inout OutputBuffer
    ) -> BitField? {
        guard let field = Self.fieldType(type) else {
            output.appendError(
                "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."
            )
            return nil
        }
        var place = bitOffset(offset)
        if offset.byteCount > 0, offset.byte(at: 0) == UInt8(ascii: "#") {
            let number = Decimal.integer(offset.extracting(1..<offset.byteCount))
            // As in redis, what is far out of range may wrap around to a place within it.
            let product = number.map { $0 &* Int64(field.width) }
            place = product.flatMap { $0 >= 0 && $0 >> 3 < store.valueMax ? Int($0) : nil }
        }
        guard let place else {
            output.appendInvalidBitOffset()
            return nil
        }
        return BitField(isSigned: field.isSigned, width: field.width, offset: place)
    }

    private static func fieldType(_ word: RawSpan) -> (isSigned: Bool, width: Int)? {
        guard word.byteCount > 1 else { return nil }
        let isSigned = word.byte(at: 0) == UInt8(ascii: "i")
        guard isSigned || word.byte(at: 0) == UInt8(ascii: "u"),
            let width = Decimal.integer(word.extracting(1..<word.byteCount)),
            width >= 1, width <= (isSigned ? 64 : 63)
        else { return nil }
        return (isSigned, Int(width))
    }
}

extension ValueSnapshot {
    /// The byte at `offset`; behind the end they are zero.
    fileprivate func byte(at offset: Int) -> UInt8 {
        guard offset < byteCount else { return 0 }
        return withSegment(at: offset) { $0.byte(at: 0) }
    }
}
