import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `mg`.
    func metaGet(_ call: borrowing Call, _ output: inout OutputBuffer) {
        let flags: MetaFlags
        do throws(MetaRefusal) {
            flags = try MetaFlags(call, 1..<call.count)
        } catch {
            return output.appendRefusal(error.text)
        }
        let start = output.count
        var isFound = false
        var isRefused = flags.hasLongOpaque
        flags.withKey(call[0]) { key in
            let hash = store.hash(key)
            withEntry(key, hash) { access in
                var reading = MetaReading(hash, flags, now: now)
                isFound = read(key, &reading, &access, call, &output)
                isRefused = isRefused || reading.isRefused
            }
        }
        if isRefused {
            if !output.isOverflowed { output.truncate(to: start) }
            return output.appendLongOpaque()
        }
        count(isFound ? (flags.has("T") ? .touchHits : .getHits) : .getMisses)
        if !isFound, !flags.has("q") { output.appendMeta("EN", call, flags) }
    }

    /// The flags with which memcached notes a read when it has answered, or never; without one it
    /// does before, so that a refusal does not undo it.
    private static let laterReads: [Unicode.Scalar] = ["N", "T", "R", "l", "h", "u"]

    /// Answers from the entry if there is one, or if the client wants one made, and notes what
    /// clients were told.
    ///
    /// - Returns: Whether there is one.
    private func read(
        _ key: RawSpan, _ reading: inout MetaReading, _ access: inout KeyAccess,
        _ call: borrowing Call, _ output: inout OutputBuffer
    ) -> Bool {
        let flags = reading.flags
        reading.isNew = !access.exists && vivify(&access, flags)
        reading.version = flags.has("c") ? cas(&access, reading.hash) : nil
        guard access.exists else {
            access.countRead()
            return false
        }
        reading.expiry = reading.isNew ? .never : access.expiry
        appendEntry(key, &reading, access, call, &output)
        if !reading.isRefused {
            if reading.won { access.marks.insert(.won) }
            if !flags.has("u") { access.countRead() }
        } else if !Self.laterReads.contains(where: flags.has) {
            access.noteRead()
        }
        if reading.expiry != access.expiry { access.setExpiry(orRemove: reading.expiry) }
        return true
    }

    /// Makes an empty entry, as the `N` flag asks.
    private func vivify(_ access: inout KeyAccess, _ flags: MetaFlags) -> Bool {
        guard let seconds = flags.vivifyExpiry else { return false }
        // What is over at once is answered all the same, and removed behind that.
        let expiry = MemcachedExpiry.moment(seconds, now: now) ?? .never
        let nothing: [UInt8] = []
        let outcome = unsafe access.put(
            nothing.span.bytes, expiry: expiry.unlessNever, isVersioned: true)
        return outcome == .stored && access.exists
    }

    private func appendEntry(
        _ key: RawSpan, _ reading: inout MetaReading, _ access: borrowing KeyAccess,
        _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        let flags = reading.flags
        let hasValue = flags.has("v")
        output.append(hasValue ? "VA " : "HD")
        if hasValue { output.appendDecimal(UInt64(access.valueLength)) }
        for place in flags.places where !reading.isRefused {
            reading.append(call[place], key: key, access, &output)
        }
        reading.appendWins(access.marks, &output)
        output.appendLineEnd()
        guard hasValue else { return }
        output.appendValue(of: access)
        output.appendLineEnd()
    }

    /// `me`: what is known of an entry, for people.
    func metaDebug(_ call: borrowing Call, _ output: inout OutputBuffer) {
        count(.metaCommands)
        guard call.count > 0, call[0].byteCount <= MemcachedLimits.keyBytesMax else {
            return MemcachedFailure.badFormat.append(to: &output)
        }
        guard call.count > 1, call[1].byteCount == 1, call[1].byte(at: 0) == UInt8(ascii: "b")
        else {
            return describe(call[0], &output)
        }
        guard let key = Base64.decoded(call[0]) else {
            return MemcachedFailure.badFormat.append(to: &output)
        }
        unsafe describe(key.span.bytes, &output)
    }

    private func describe(_ key: RawSpan, _ output: inout OutputBuffer) {
        let hash = store.hash(key)
        withEntry(key, hash) { access in
            let version = cas(&access, hash) ?? 0
            guard access.exists else { return output.append("EN\r\n") }
            output.append("ME ")
            if access.marks.contains(.encodedKey) {
                output.appendBase64(key)
            } else {
                output.append(key)
            }
            // memcached counts the seconds until then below zero.
            output.append(" exp=-")
            let isKept = access.expiry == .never
            output.appendDecimal(
                isKept ? 1 : MemcachedExpiry.secondsLeft(until: access.expiry, now: now))
            output.append(" la=")
            output.appendDecimal(access.idleMilliseconds / 1000)
            output.append(" cas=")
            output.appendDecimal(version)
            output.append(access.marks.contains(.fetched) ? " fetch=yes" : " fetch=no")
            output.append(" cls=1 size=")
            output.appendDecimal(UInt64(access.storedBytes))
            output.appendLineEnd()
        }
    }
}
