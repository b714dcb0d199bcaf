import LarderCore
import Glibc

extension KeyAccess {
    /// Changes bytes of the value here and now, if that is a matter of less than a millisecond.
    ///
    /// - Returns: `nil` when it is not: then nothing was changed, though the entry may have left.
    mutating func edit(
        to length: Int, _ change: (borrowing ValueBytes) -> Bool
    ) -> PutOutcome? {
        let before = valueLength
        precondition(length >= before, "A value only becomes longer.")
        if exists, editInPlace(to: length, change) { return .stored }
        // Who finds it gone begins anew: what would be changed here is not what was there.
        guard length <= SizeClasses.inlineMax, valueLength == before else { return nil }
        return unsafe withUnsafeTemporaryAllocation(byteCount: max(1, length), alignment: 8) {
            buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = unsafe copyValue(to: start)
            unsafe memset(start + count, 0, length - count)
            _ = unsafe change(ValueBytes(start, count: length))
            let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: length)
            return put(bytes, expiry: keptExpiry, flags: flags, provenance: provenance)
        }
    }

    /// Copies a value to memory that has room for it.
    private func copyValue(to start: UnsafeMutableRawPointer) -> Int {
        guard let large = largeValue else {
            unsafe Block(start).write(value, at: 0)
            return value.byteCount
        }
        var offset = 0
        while offset < large.byteCount {
            large.withSegment(at: offset) { piece in
                unsafe Block(start).write(piece, at: offset)
                offset += piece.byteCount
            }
        }
        return offset
    }
}
