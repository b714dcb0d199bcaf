import LarderCore
import LarderMemory
import LarderWire

extension MetaFlags {
    /// The flags of `ms`, which end before argument `end`, and what it does.
    init(ofSet call: borrowing Call, end: Int) throws(MetaRefusal) {
        try self.init(call, 2..<end)
        guard writeMode != nil else {
            throw MetaRefusal("CLIENT_ERROR invalid mode for ms M token")
        }
        if hasLongOpaque { throw MetaRefusal("CLIENT_ERROR opaque token too long") }
    }

    /// What `ms` does; `nil` for a letter that it does not know.
    var writeMode: MemcachedWrite.Mode? {
        // With a version, a set and a replacement compare.
        switch mode {
        case nil, UInt8(ascii: "S"): version == nil ? .set : .cas
        case UInt8(ascii: "R"): version == nil ? .replace : .cas
        case UInt8(ascii: "E"): .add
        case UInt8(ascii: "A"): .append
        case UInt8(ascii: "P"): .prepend
        default: nil
        }
    }

    /// What is wrong with the flags of an `ms` whose value was not taken.
    static func refusalOfSet(_ call: borrowing Call) -> StaticString? {
        do throws(MetaRefusal) {
            _ = try MetaFlags(ofSet: call, end: call.count)
            return nil
        } catch {
            return error.text
        }
    }
}

extension CommandLoop {
    /// `ms`. Behind the key stands the length, behind the flags the value.
    func metaSet(_ call: borrowing Call, _ output: inout OutputBuffer) {
        let flags: MetaFlags
        do throws(MetaRefusal) {
            flags = try MetaFlags(ofSet: call, end: call.count - 1)
        } catch {
            return output.appendRefusal(error.text)
        }
        var write = MemcachedWrite()
        write.mode = flags.writeMode ?? .set
        write.flags = flags.clientFlags
        write.expiry = MemcachedExpiry.moment(flags.expiry ?? 0, now: now)
        write.version = flags.version ?? 0
        write.asksForVersion = flags.has("c")
        write.takesStale = flags.has("I")
        write.isCounted = false
        if flags.hasEncodedKey { write.marks = .encodedKey }
        var (reply, version) = (MemcachedReplyLine.stored, UInt64(0))
        flags.withKey(call[0]) { key in
            (reply, version) = carryOut(write, key, store.hash(key), call[call.count - 1])
        }
        append(reply, version, call, flags, &output)
    }

    private func append(
        _ reply: MemcachedReplyLine, _ version: UInt64, _ call: borrowing Call,
        _ flags: MetaFlags, _ output: inout OutputBuffer
    ) {
        switch reply {
        case .stored where flags.has("q"): return
        case .stored: output.append("HD")
        case .exists: output.append("EX")
        case .notFound: output.append("NF")
        case .notStored: output.append("NS")
        default: return output.append(reply)
        }
        for place in flags.places {
            if call[place].byte(at: 0) == UInt8(ascii: "c") {
                output.appendFlag("c", version)
            } else {
                output.appendEcho(call[place], call, flags)
            }
        }
        output.appendLineEnd()
    }

    /// Removes the entry whose new value was too large. The flags are right.
    func removeByFlags(_ call: borrowing Call) {
        do throws(MetaRefusal) {
            let flags = try MetaFlags(ofSet: call, end: call.count)
            flags.withKey(call[0]) { remove($0) }
        } catch {
            return
        }
    }
}
