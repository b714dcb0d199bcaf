import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `md`.
    func metaDelete(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard let flags = MetaFlags(behindKeyOf: call, &output) else { return }
        guard !flags.hasLongOpaque else {
            return output.appendLongOpaque()
        }
        var outcome = MetaDeletion.notFound
        flags.withKey(call[0]) { key in
            let hash = store.hash(key)
            withEntry(key, hash) { access in
                outcome = delete(&access, hash, flags)
            }
        }
        if outcome != .done {
            count(.deleteMisses)
        } else if !flags.has("I") {
            count(.deleteHits)
        }
        if outcome != .done || !flags.has("q") {
            output.appendMeta(outcome.status, call, flags)
        }
    }

    private func delete(
        _ access: inout KeyAccess, _ hash: UInt64, _ flags: MetaFlags
    ) -> MetaDeletion {
        guard access.exists else {
            access.remove()
            return .notFound
        }
        if let version = flags.version, cas(&access, hash) != version {
            return access.exists ? .mismatch : .notFound
        }
        if flags.has("I") {
            invalidate(&access, flags)
        } else {
            access.remove()
        }
        return .done
    }

    /// Leaves the entry, but marks it as out of date: the next client is to write it.
    private func invalidate(_ access: inout KeyAccess, _ flags: MetaFlags) {
        _ = access.renewVersion()
        access.marks.insert(.stale)
        access.marks.remove(.won)
        if let seconds = flags.expiry {
            access.setExpiry(orRemove: MemcachedExpiry.moment(seconds, now: now))
        }
    }
}

/// How `md` ended.
private enum MetaDeletion {
    case done, notFound, mismatch

    var status: StaticString {
        switch self {
        case .done: "HD"
        case .notFound: "NF"
        case .mismatch: "EX"
        }
    }
}
