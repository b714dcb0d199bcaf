import LarderCore
import LarderMemory
import LarderWire

extension OutputBuffer {
    /// Appends ` f` and a number.
    mutating func appendFlag(_ letter: Unicode.Scalar, _ number: UInt64) {
        append(UInt8(ascii: " "))
        append(UInt8(ascii: letter))
        appendDecimal(number)
    }

    /// Appends ` t` and the seconds that are left; `nil` for an entry that is over.
    mutating func appendTimeLeft(until expiry: Moment?, now: Moment) {
        guard let expiry else {
            // memcached subtracts: what is past gives a number just below 2^32.
            return appendFlag("t", UInt64(UInt32.max))
        }
        if expiry == .never { return append(" t-1") }
        appendFlag("t", MemcachedExpiry.secondsLeft(until: expiry, now: now))
    }

    /// Appends ` k` and a key, in base64 if that is how clients know it.
    mutating func appendKey(_ key: RawSpan, isEncoded: Bool) {
        append(" k")
        guard isEncoded else { return append(key) }
        appendBase64(key)
        append(" b")
    }

    /// Appends an opaque word or the key, if that is what a flag asks for.
    mutating func appendEcho(_ flag: RawSpan, _ call: borrowing Call, _ flags: MetaFlags) {
        switch flag.byte(at: 0) {
        case UInt8(ascii: "O"): appendOpaque(flag)
        case UInt8(ascii: "k"):
            flags.withKey(call[0]) { appendKey($0, isEncoded: flags.hasEncodedKey) }
        default: return
        }
    }

    /// Appends an opaque word.
    mutating func appendOpaque(_ flag: RawSpan) {
        append(UInt8(ascii: " "))
        append(flag)
    }

    /// Appends memcached's answer to an `O` flag that is too long.
    mutating func appendLongOpaque() {
        appendRefusal("CLIENT_ERROR opaque token too long")
    }

    /// Appends a status with the echoes that the client asked for.
    mutating func appendMeta(
        _ status: StaticString, _ call: borrowing Call, _ flags: MetaFlags
    ) {
        append(status)
        for place in flags.places { appendEcho(call[place], call, flags) }
        appendLineEnd()
    }
}
