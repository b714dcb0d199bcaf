import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// Texts of numbers are shorter than this.
    private static var floatBytesMax: Int { 5 << 10 }

    /// INCRBYFLOAT.
    func incrbyfloat(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var sum = LongDoubleSum.notANumber
        var outcome = PutOutcome.stored
        withKey(call[1], connection) { access in
            var old: [UInt8]?
            if access.exists {
                guard access.valueLength < Self.floatBytesMax else { return }
                var bytes: [UInt8] = []
                access.copyValue(into: &bytes)
                old = bytes
            }
            sum = LongDoubleSum.adding(old, call[2])
            guard case .text(let text) = sum else { return }
            outcome = unsafe access.put(
                text.span.bytes, expiry: access.keptExpiry, flags: access.flags,
                provenance: access.provenance)
        }
        switch sum {
        case .notANumber: output.appendError("ERR value is not a valid float")
        case .notFinite: output.appendError("ERR increment would produce NaN or Infinity")
        case .text(let text): output.append(outcome) { unsafe $0.appendBulk(text.span.bytes) }
        }
    }
}
