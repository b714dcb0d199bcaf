import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `mg`.
    func metaGet(_ call: borrowing Call, _ output: inout OutputBuffer) {
        count(.metaCommands)
        let flags: MetaFlags
        do throws(MetaRefusal) {
            // Leases, the time of the last read, and whether there was one, are noted nowhere.
            flags = try MetaFlags(call, 1..<call.count, unsupported: "NRhl")
        } catch {
            return output.appendRefusal(error.text)
        }
        guard !flags.hasLongOpaque else {
            return output.appendRefusal("CLIENT_ERROR opaque token too long")
        }
        var isFound = false
        flags.withKey(call[0]) { key in
            let hash = store.hash(key)
            store.withKey(key, hash, database: 0, at: now) { access in
                let version = flags.has("c") ? cas(&access, hash) : nil
                isFound = access.exists
                if isFound { appendEntry(access, version, call, flags, &output) }
                if !flags.has("u") { access.countRead() }
                if let expiry = flags.expiry {
                    access.setExpiry(orRemove: MemcachedExpiry.moment(expiry, now: now))
                }
            }
        }
        if flags.expiry != nil {
            count(isFound ? .touchHits : .touchMisses)
        } else {
            count(isFound ? .getHits : .getMisses)
        }
        if !isFound, !flags.has("q") { output.appendMeta("EN", call, flags) }
    }

    private func appendEntry(
        _ access: borrowing KeyAccess, _ version: UInt64?, _ call: borrowing Call,
        _ flags: MetaFlags, _ output: inout OutputBuffer
    ) {
        let length = UInt64(access.valueLength)
        if flags.has("v") {
            output.append("VA ")
            output.appendDecimal(length)
        } else {
            output.append("HD")
        }
        var expiry: Moment? = access.expiry
        for place in flags.places {
            let flag = call[place]
            switch flag.byte(at: 0) {
            case UInt8(ascii: "T"):
                expiry = MemcachedExpiry.moment(flags.expiry ?? 0, now: now)
            case UInt8(ascii: "s"): output.appendFlag("s", length)
            case UInt8(ascii: "t"): output.appendTimeLeft(until: expiry, now: now)
            case UInt8(ascii: "c"): output.appendFlag("c", version ?? 0)
            case UInt8(ascii: "f"): output.appendFlag("f", UInt64(access.flags))
            default: output.appendEcho(flag, key: call[0], flags)
            }
        }
        output.appendLineEnd()
        guard flags.has("v") else { return }
        output.appendValue(of: access)
        output.appendLineEnd()
    }

    /// `me`: what is known of an entry, for people.
    func metaDebug(_ call: borrowing Call, _ output: inout OutputBuffer) {
        count(.metaCommands)
        let isEncoded = call.count > 1 && call[1].equalsIgnoringCase("b")
        guard call.count > 0, call[0].byteCount <= MemcachedLimits.keyBytesMax else {
            return MemcachedFailure.badFormat.append(to: &output)
        }
        guard isEncoded else { return describe(call[0], as: call[0], &output) }
        guard let key = Base64.decoded(call[0]) else {
            return MemcachedFailure.badFormat.append(to: &output)
        }
        unsafe describe(key.span.bytes, as: call[0], &output)
    }

    private func describe(_ key: RawSpan, as name: RawSpan, _ output: inout OutputBuffer) {
        let hash = store.hash(key)
        store.withKey(key, hash, database: 0, at: now) { access in
            guard access.exists else { return output.append("EN\r\n") }
            output.append("ME ")
            output.append(name)
            output.append(" exp=")
            if access.expiry == .never {
                output.append("-1")
            } else {
                let left = MemcachedExpiry.secondsLeft(until: access.expiry, now: now)
                output.appendDecimal(left)
            }
            output.append(" size=")
            output.appendDecimal(UInt64(access.storedBytes))
            output.append(" cas=")
            output.appendDecimal(cas(&access, hash) ?? 0)
            output.appendLineEnd()
        }
    }
}
