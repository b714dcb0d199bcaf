import LarderCore
import LarderMemory
import LarderWire

/// A change of a number, by `incr`, `decr` or `ma`.
struct MemcachedAddition {
    var delta: UInt64 = 1
    var isDecrement = false
    /// The version that the client expects; 0 for any.
    var version: UInt64 = 0

    /// Sums wrap at 64 bits, differences stop at zero.
    func result(of old: UInt64) -> UInt64 {
        isDecrement ? old - min(old, delta) : old &+ delta
    }
}

/// How a change of a number ended.
enum MemcachedSum {
    /// The new number, and whether it stands in the place of the old one.
    case number(UInt64, isInPlace: Bool)
    case refused(MemcachedReplyLine)
}

extension CommandLoop {
    /// `incr` and `decr`.
    func add(
        _ command: MemcachedCommand, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        var addition = MemcachedAddition()
        addition.delta = command.number
        addition.isDecrement = command.verb == .decrement
        let hash = store.hash(call[0])
        var sum = MemcachedSum.refused(.notFound)
        withEntry(call[0], hash) { access in
            sum = carryOut(addition, &access, hash, call)
        }
        guard !command.isQuiet else { return }
        switch sum {
        case .number(let number, _): output.appendNumberLine(number)
        case .refused(.outOfMemory): output.appendRefusal("SERVER_ERROR out of memory")
        case .refused(let line): output.append(line)
        }
    }

    /// Changes the number of an entry. It keeps flags, expiry, and its length: a number that is
    /// shorter is followed by blanks. Marks are kept too unless the number becomes longer, or the
    /// entry is unsent.
    func carryOut(
        _ addition: MemcachedAddition, _ access: inout KeyAccess, _ hash: UInt64,
        _ call: borrowing Call
    ) -> MemcachedSum {
        guard access.exists else {
            count(addition.isDecrement ? .decrementMisses : .incrementMisses)
            return .refused(.notFound)
        }
        guard (1...Self.numberBytesMax).contains(access.valueLength) else {
            return .refused(.notANumber)
        }
        if addition.version != 0, cas(&access, hash) != addition.version {
            return .refused(.exists)
        }
        guard let old = Self.number(of: access) else { return .refused(.notANumber) }
        let number = addition.result(of: old)
        let digits = DecimalText(number)
        let isInPlace = fits(digits, access) && !isUnsent(access, digits, hash, call)
        let outcome = isInPlace ? fill(digits, &access) : replace(digits, &access)
        guard outcome == .stored else { return .refused(.outOfMemory) }
        count(addition.isDecrement ? .decrementHits : .incrementHits)
        return .number(number, isInPlace: isInPlace)
    }

    /// Longest value that may begin with a number. Of more than half a MiB, memcached looks at
    /// none.
    private static var numberBytesMax: Int { 512 << 10 }

    private static func number(of access: borrowing KeyAccess) -> UInt64? {
        guard let large = access.largeValue else { return MemcachedNumber.value(access.value) }
        return large.withSegment(at: 0) { MemcachedNumber.value($0) }
    }

    private func fits(_ digits: DecimalText, _ access: borrowing KeyAccess) -> Bool {
        digits.bytes.byteCount <= access.valueLength
    }

    /// Stores a number as a new entry.
    private func replace(_ digits: DecimalText, _ access: inout KeyAccess) -> PutOutcome {
        access.put(
            digits.bytes, expiry: access.expiry, flags: access.flags, isVersioned: true)
    }

    /// Stores a number in the place of another that is not shorter.
    private func fill(_ digits: DecimalText, _ access: inout KeyAccess) -> PutOutcome {
        let (expiry, flags, marks) = (access.expiry, access.flags, access.marks)
        guard digits.bytes.byteCount < access.valueLength else {
            return access.put(
                digits.bytes, expiry: expiry, flags: flags, marks: marks, isVersioned: true)
        }
        var padded: [UInt8] = []
        padded.reserveCapacity(access.valueLength)
        padded.append(digits.bytes)
        while padded.count < access.valueLength { padded.append(UInt8(ascii: " ")) }
        return unsafe access.put(
            padded.span.bytes, expiry: expiry, flags: flags, marks: marks, isVersioned: true)
    }
}
