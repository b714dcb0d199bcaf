import LarderCore
import LarderMemory

extension CommandLoop {
    /// What somebody wants to know of the commands.
    @inline(__always)
    var wantedKinds: WatchKinds { shared.memcached.watchers.wantedKinds }

    /// Gives `body` the entry that memcached's clients have for `key`.
    @inline(__always)
    func withEntry(_ key: RawSpan, _ hash: UInt64, _ body: (inout KeyAccess) -> Void) {
        guard wantedKinds.isEmpty else { return withWatchedEntry(key, hash, body) }
        store.withKey(key, hash, database: 0, at: now, body)
    }

    @inline(never)
    private func withWatchedEntry(
        _ key: RawSpan, _ hash: UInt64, _ body: (inout KeyAccess) -> Void
    ) {
        var length: Int?
        store.withKey(key, hash, database: 0, at: now) { access in
            length = access.exists ? access.valueLength : nil
            body(&access)
        }
        if wantedKinds.contains(.fetchers) { noteFetch(key, length: length) }
    }

    /// Notes a read by `get` or one of its kin.
    @inline(never)
    func noteGet(_ key: RawSpan, isHit: Bool) {
        guard wantedKinds.contains(.prefixes) else { return }
        shared.memcached.prefixes.note(.get(isHit: isHit), key)
    }
}
