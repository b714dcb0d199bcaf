import LarderCore
import LarderMemory
import LarderWire

/// A write, by the commands of text or by `ms`.
struct MemcachedWrite {
    enum Mode {
        case set, add, replace, append, prepend, cas
    }

    var mode = Mode.set
    var flags: UInt32 = 0
    /// When the new entry expires; `nil` for at once.
    var expiry: Moment? = .never
    /// Whether that is the old entry's, not the client's.
    var keepsExpiry = false
    /// The version that the client expects; 0 for any.
    var version: UInt64 = 0
    /// Whether the client asks for the new version.
    var asksForVersion = false
    /// What the new entry is marked with.
    var marks: EntryMarks = []
    /// Whether a version that is older than the entry's stores a value that is marked as stale.
    var takesStale = false
    /// Whether it counts for its prefix: those of `ms` do not.
    var isCounted = true
}

/// A value that is already in the store's memory; or was, if there was no room for it.
enum StreamedValue {
    case none
    case value(LargeValue?)
}

extension CommandLoop {
    /// `add`, `replace`, `append`, `prepend` and `cas`, and `set` when somebody watches.
    func write(
        _ command: MemcachedCommand, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        let key = call[0]
        let (reply, _) = carryOut(makeWrite(command), key, store.hash(key), call[1])
        if !command.isQuiet { output.append(reply) }
    }

    @inline(__always)
    private func makeWrite(_ command: MemcachedCommand) -> MemcachedWrite {
        var write = MemcachedWrite()
        write.mode = Self.mode(command.verb)
        write.flags = command.flags
        write.expiry = MemcachedExpiry.moment(command.expiry, now: now)
        write.version = command.number
        return write
    }

    /// Begins to stream the value of a write into the store.
    ///
    /// - Returns: `nil` for writes that put their value together with another.
    @inline(never)
    func makeIngest(_ command: MemcachedCommand, _ call: borrowing Call) -> Ingest? {
        switch command.verb {
        case .set, .add, .replace, .cas: break
        default: return nil
        }
        // What may have to wait for a load is kept whole.
        guard reads?.plan(for: call[0])?.source == nil else { return nil }
        let ingest = Ingest()
        ingest.command = command
        ingest.key.append(call[0])
        ingest.builder = store.makeLargeBuilder(
            for: store.hash(call[0]), byteCount: command.byteCount)
        ingest.lineEndLeft = 2
        return ingest
    }

    /// Goes on with a write whose value is arriving.
    ///
    /// - Returns: How many bytes are done with. The write is over when `ingest.isFed`.
    @inline(never)
    func resumeWrite(
        _ ingest: Ingest, _ bytes: RawSpan, _ output: inout OutputBuffer
    ) -> Int {
        let done = ingest.feed(bytes)
        guard ingest.isFed else { return done }
        count(.commands)
        guard !ingest.isRefused else {
            if !ingest.command.isQuiet { output.appendNoPermission() }
            return done
        }
        guard ingest.endsLine else {
            MemcachedFailure.badDataChunk.append(to: &output)
            return done
        }
        let bytes = ingest.key
        let key = unsafe bytes.span.bytes
        let (reply, _) = carryOut(
            makeWrite(ingest.command), key, store.hash(key), key.extracting(0..<0),
            streamed: .value(ingest.builder?.finish()))
        if !ingest.command.isQuiet { output.append(reply) }
        return done
    }

    private static func mode(_ verb: MemcachedVerb) -> MemcachedWrite.Mode {
        switch verb {
        case .add: .add
        case .replace: .replace
        case .append: .append
        case .prepend: .prepend
        case .cas: .cas
        default: .set
        }
    }

    /// Writes, and says how it ended and, if that was asked for, which version it gave.
    func carryOut(
        _ write: MemcachedWrite, _ key: RawSpan, _ hash: UInt64, _ value: RawSpan,
        streamed: StreamedValue = .none
    ) -> (reply: MemcachedReplyLine, version: UInt64) {
        guard wantedKinds.isEmpty else {
            return carryOutWatched(write, key, hash, value, streamed)
        }
        return perform(write, key, hash, value, streamed)
    }

    @inline(never)
    private func carryOutWatched(
        _ write: MemcachedWrite, _ key: RawSpan, _ hash: UInt64, _ value: RawSpan,
        _ streamed: StreamedValue
    ) -> (reply: MemcachedReplyLine, version: UInt64) {
        if write.isCounted, wantedKinds.contains(.prefixes) {
            shared.memcached.prefixes.note(.set, key)
        }
        withEntry(key, hash) { _ in }
        let outcome = perform(write, key, hash, value, streamed)
        guard wantedKinds.contains(.mutations) else { return outcome }
        var byteCount = value.byteCount
        if case .value(let large?) = streamed { byteCount = large.byteCount }
        if outcome.reply == .stored, write.mode == .append || write.mode == .prepend {
            store.withKey(key, hash, database: 0, at: now) { byteCount = $0.valueLength }
        }
        noteStore(write, key, outcome.reply, byteCount: byteCount)
        return outcome
    }

    @inline(__always)
    private func perform(
        _ write: MemcachedWrite, _ key: RawSpan, _ hash: UInt64, _ value: RawSpan,
        _ streamed: StreamedValue
    ) -> (reply: MemcachedReplyLine, version: UInt64) {
        if write.mode == .append || write.mode == .prepend {
            return extend(write, key, hash, by: value)
        }
        var reply = MemcachedReplyLine.stored
        var version: UInt64 = 0
        var write = write
        store.withKey(key, hash, database: 0, at: now) { access in
            reply =
                refusal(of: &write, &access, hash)
                ?? put(value, streamed, by: write, &access)
            if reply == .outOfMemory {
                count(.outOfMemory)
                // What is there now is no longer what the client believes.
                if write.mode == .set { access.remove() }
            }
            guard reply == .stored else { return }
            if write.asksForVersion { version = cas(&access, hash) ?? 0 }
            if write.expiry == nil, access.exists { access.remove() }
        }
        count(.sets)
        if write.mode == .cas { countCompared(reply) }
        return (reply, version)
    }

    private func countCompared(_ reply: MemcachedReplyLine) {
        switch reply {
        case .stored: count(.casHits)
        case .notFound: count(.casMisses)
        default: count(.casMismatches)
        }
    }

    /// Why the entry that there is, or is not, forbids a write.
    @inline(__always)
    func refusal(
        of write: inout MemcachedWrite, _ access: inout KeyAccess, _ hash: UInt64
    ) -> MemcachedReplyLine? {
        switch write.mode {
        case .set: return nil
        case .add:
            access.touch()
            return access.exists ? .notStored : nil
        case .replace: return access.exists ? nil : .notStored
        case .append, .prepend:
            guard access.exists else { return .notStored }
            guard write.version != 0, cas(&access, hash) != write.version else { return nil }
            return .exists
        case .cas:
            return refusalOfCompared(&write, &access, hash)
        }
    }

    private func refusalOfCompared(
        _ write: inout MemcachedWrite, _ access: inout KeyAccess, _ hash: UInt64
    ) -> MemcachedReplyLine? {
        guard access.exists else { return .notFound }
        guard write.version != 0, let version = cas(&access, hash) else { return .exists }
        if version == write.version { return nil }
        guard write.takesStale, write.version < version else { return .exists }
        // The value is stored, but remains what the next client is to replace.
        (write.expiry, write.keepsExpiry) = (access.expiry, true)
        write.marks.insert(.stale)
        write.marks.formUnion(access.marks.intersection(.won))
        return nil
    }

    @inline(__always)
    private func put(
        _ value: RawSpan, _ streamed: StreamedValue, by write: MemcachedWrite,
        _ access: inout KeyAccess
    ) -> MemcachedReplyLine {
        // What is over at once is stored all the same if its version is asked for.
        guard write.expiry != nil || write.asksForVersion else {
            access.remove()
            return .stored
        }
        let end = write.expiry ?? now
        let expiry = write.keepsExpiry ? end : end.unlessNever
        let outcome =
            switch streamed {
            case .none:
                access.put(
                    value, expiry: expiry, flags: write.flags, marks: write.marks,
                    isVersioned: true)
            case .value(let large):
                access.put(
                    large: large, expiry: expiry, flags: write.flags, marks: write.marks,
                    isVersioned: true)
            }
        return outcome == .stored ? .stored : .outOfMemory
    }

    /// `touch`.
    func touch(
        _ command: MemcachedCommand, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        let expiry = MemcachedExpiry.moment(command.expiry, now: now)
        var exists = false
        withEntry(call[0], store.hash(call[0])) { access in
            exists = access.exists
            access.noteRead()
            access.setExpiry(orRemove: expiry)
        }
        count(exists ? .touchHits : .touchMisses)
        if !command.isQuiet { output.append(exists ? .touched : .notFound) }
    }

    /// `delete`.
    func delete(
        _ command: MemcachedCommand, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        var exists = false
        withEntry(call[0], store.hash(call[0])) { access in
            exists = access.exists
            access.remove()
        }
        count(exists ? .deleteHits : .deleteMisses)
        if wantedKinds.contains(.prefixes) { shared.memcached.prefixes.note(.delete, call[0]) }
        if !command.isQuiet { output.append(exists ? .deleted : .notFound) }
    }
}
