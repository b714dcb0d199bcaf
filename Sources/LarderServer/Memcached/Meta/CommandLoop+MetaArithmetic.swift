import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `ma`.
    func metaArithmetic(_ call: borrowing Call, _ output: inout OutputBuffer) {
        count(.metaCommands)
        let flags: MetaFlags
        do throws(MetaRefusal) {
            flags = try MetaFlags(call, 1..<call.count)
        } catch {
            return output.appendRefusal("CLIENT_ERROR invalid or duplicate flag")
        }
        var addition = MemcachedAddition()
        addition.delta = flags.delta
        addition.version = flags.version ?? 0
        switch flags.mode {
        case nil, UInt8(ascii: "I"), UInt8(ascii: "+"): break
        case UInt8(ascii: "D"), UInt8(ascii: "-"): addition.isDecrement = true
        default: return output.appendRefusal("CLIENT_ERROR invalid mode for ma M token")
        }
        guard !flags.hasLongOpaque else {
            return output.appendRefusal("CLIENT_ERROR opaque token too long")
        }
        flags.withKey(call[0]) { key in
            let hash = store.hash(key)
            store.withKey(key, hash, database: 0, at: now) { access in
                reply(to: addition, hash, &access, call, flags, &output)
            }
        }
    }

    private func reply(
        to addition: MemcachedAddition, _ hash: UInt64, _ access: inout KeyAccess,
        _ call: borrowing Call, _ flags: MetaFlags, _ output: inout OutputBuffer
    ) {
        let isNew = !access.exists && flags.vivifyExpiry != nil
        let sum = isNew ? vivify(&access, flags) : carryOut(addition, &access, hash)
        switch sum {
        case .number(let number):
            // memcached is not quiet about what it has just made.
            if isNew || !flags.has("q") {
                appendNumber(number, isNew, hash, &access, call, flags, &output)
            }
            if let expiry = isNew ? flags.vivifyExpiry : nil {
                access.setExpiry(orRemove: MemcachedExpiry.moment(expiry, now: now))
            }
            if let expiry = flags.expiry {
                access.setExpiry(orRemove: MemcachedExpiry.moment(expiry, now: now))
            }
        case .refused(.notFound): output.appendMeta("NF", call, flags)
        case .refused(.exists): output.appendMeta("EX", call, flags)
        case .refused(.outOfMemory): output.appendRefusal("SERVER_ERROR out of memory")
        case .refused(let line): output.append(line)
        }
    }

    /// Stores the initial number of an entry that is not there.
    private func vivify(_ access: inout KeyAccess, _ flags: MetaFlags) -> MemcachedSum {
        let digits = DecimalText(flags.initial)
        let outcome = access.put(digits.bytes, isVersioned: true)
        return outcome == .stored ? .number(flags.initial) : .refused(.outOfMemory)
    }

    private func appendNumber(
        _ number: UInt64, _ isNew: Bool, _ hash: UInt64, _ access: inout KeyAccess,
        _ call: borrowing Call, _ flags: MetaFlags, _ output: inout OutputBuffer
    ) {
        let digits = DecimalText(number)
        if flags.has("v") {
            output.append("VA ")
            output.appendDecimal(UInt64(digits.bytes.byteCount))
        } else {
            output.append("HD")
        }
        var expiry: Moment? = access.expiry
        for place in flags.places {
            let flag = call[place]
            switch flag.byte(at: 0) {
            case UInt8(ascii: "T"):
                expiry = MemcachedExpiry.moment(flags.expiry ?? 0, now: now)
            case UInt8(ascii: "N") where isNew:
                expiry = MemcachedExpiry.moment(flags.vivifyExpiry ?? 0, now: now)
            case UInt8(ascii: "t"): output.appendTimeLeft(until: expiry, now: now)
            case UInt8(ascii: "c"): output.appendFlag("c", cas(&access, hash) ?? 0)
            default: output.appendEcho(flag, key: call[0], flags)
            }
        }
        output.appendLineEnd()
        guard flags.has("v") else { return }
        output.append(digits.bytes)
        output.appendLineEnd()
    }
}
