import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `ma`.
    func metaArithmetic(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard let flags = MetaFlags(behindKeyOf: call, &output) else { return }
        var addition = MemcachedAddition()
        addition.delta = flags.delta
        addition.version = flags.version ?? 0
        switch flags.mode {
        case nil, UInt8(ascii: "I"), UInt8(ascii: "+"): break
        case UInt8(ascii: "D"), UInt8(ascii: "-"): addition.isDecrement = true
        default: return output.appendRefusal("CLIENT_ERROR invalid mode for ma M token")
        }
        flags.withKey(call[0]) { key in
            let hash = store.hash(key)
            var isNew = false
            withEntry(key, hash) { access in
                isNew = !access.exists && flags.vivifyExpiry != nil
                reply(to: addition, hash, &access, call, flags, &output)
            }
            if isNew, !wantedKinds.isEmpty { noteVivified(key, flags.initial) }
        }
    }

    /// Tells watchers of a number that was not there, which memcached adds as `add` would.
    @inline(never)
    private func noteVivified(_ key: RawSpan, _ initial: UInt64) {
        if wantedKinds.contains(.fetchers) { noteFetch(key, length: nil) }
        guard wantedKinds.contains(.mutations) else { return }
        var write = MemcachedWrite()
        write.mode = .add
        let digits = DecimalText(initial)
        noteStore(write, key, .stored, byteCount: digits.bytes.byteCount)
    }

    private func reply(
        to addition: MemcachedAddition, _ hash: UInt64, _ access: inout KeyAccess,
        _ call: borrowing Call, _ flags: MetaFlags, _ output: inout OutputBuffer
    ) {
        let isNew = !access.exists && flags.vivifyExpiry != nil
        switch isNew ? vivify(&access, flags) : carryOut(addition, &access, hash, call) {
        case .number(let number, let isInPlace):
            var sum = MetaSum(number, isNew: isNew, expiry: access.expiry)
            if flags.has("c") { sum.version = cas(&access, hash) ?? 0 }
            append(&sum, call, flags, &output)
            // Of a new entry for the number, memcached gives the new expiry to the old one.
            guard isNew || isInPlace else { return }
            if sum.expiry != access.expiry { access.setExpiry(orRemove: sum.expiry) }
        case .refused(let line) where line != .notFound && line != .exists:
            guard line == .outOfMemory else { return output.append(line) }
            output.appendRefusal("SERVER_ERROR out of memory")
        case .refused where flags.hasLongOpaque: output.appendLongOpaque()
        case .refused(let line):
            output.appendMeta(line == .exists ? "EX" : "NF", call, flags)
        }
    }

    /// Stores the initial number of an entry that is not there.
    private func vivify(_ access: inout KeyAccess, _ flags: MetaFlags) -> MemcachedSum {
        let digits = DecimalText(flags.initial)
        let outcome = access.put(digits.bytes, isVersioned: true)
        return outcome == .stored
            ? .number(flags.initial, isInPlace: false) : .refused(.outOfMemory)
    }

    /// Appends the reply, unless the client wants none, and learns from the flags when the entry is
    /// to expire.
    private func append(
        _ sum: inout MetaSum, _ call: borrowing Call, _ flags: MetaFlags,
        _ output: inout OutputBuffer
    ) {
        let start = output.count
        let hasValue = flags.has("v")
        output.append(hasValue ? "VA " : "HD")
        if hasValue { output.appendDecimal(UInt64(sum.digits.bytes.byteCount)) }
        for place in flags.places {
            let flag = call[place]
            switch flag.byte(at: 0) {
            case UInt8(ascii: "T"):
                sum.expiry = MemcachedExpiry.moment(flags.expiry ?? 0, now: now)
            case UInt8(ascii: "N") where sum.isNew:
                let end = MemcachedExpiry.moment(flags.vivifyExpiry ?? 0, now: now)
                sum.expiry = end == .never ? sum.oldExpiry : end
            case UInt8(ascii: "t"): output.appendTimeLeft(until: sum.expiry, now: now)
            case UInt8(ascii: "c"): output.appendFlag("c", sum.version)
            case UInt8(ascii: "O") where MetaFlags.isLongOpaque(flag):
                if !output.isOverflowed { output.truncate(to: start) }
                return output.appendLongOpaque()
            default: output.appendEcho(flag, call, flags)
            }
        }
        output.appendLineEnd()
        if hasValue {
            output.append(sum.digits.bytes)
            output.appendLineEnd()
        }
        // memcached is not quiet about what it has just made.
        guard flags.has("q"), !sum.isNew, !output.isOverflowed else { return }
        output.truncate(to: start)
    }
}

/// The number that `ma` has made.
private struct MetaSum {
    let digits: DecimalText
    /// Whether there was no entry before.
    let isNew: Bool
    /// When the entry expired before the flags were read.
    let oldExpiry: Moment
    /// When the entry is to expire; `nil` for at once.
    var expiry: Moment?
    var version: UInt64 = 0

    init(_ number: UInt64, isNew: Bool, expiry: Moment) {
        digits = DecimalText(number)
        self.isNew = isNew
        oldExpiry = expiry
        self.expiry = expiry
    }
}
