import LarderCore
import LarderMemory
import LarderRuntime

extension CommandLoop {
    /// Tells watchers of what left to make room, whichever protocol wanted the room.
    func noteEvictions(_ events: [KeyEvent]) {
        guard wantedKinds.contains(.evictions) else { return }
        for event in events where event.database == 0 {
            if let entry = event.evicted { noteEviction(of: entry, event.key) }
        }
    }

    private func noteEviction(of entry: EvictedEntry, _ key: [UInt8]) {
        let seconds =
            entry.expiry == .never
            ? "-1" : "\(MemcachedExpiry.secondsLeft(until: entry.expiry, now: now))"
        let name = unsafe key.span.bytes.percentEncoded
        shared.memcached.watchers.note(
            .evictions,
            "type=eviction key=\(name) fetch=\(entry.isFetched ? "yes" : "no") ttl=\(seconds)"
                + " la=\(entry.idleMilliseconds(at: now) / 1000) clsid=1"
                + " size=\(entry.valueLength)")
    }
}

// The store notes evictions while somebody watches them.
extension ServerShared {
    /// Adds a watcher; `false` when there are too many.
    func addWatcher(_ id: ConnectionID, on context: LoopContext, _ kinds: WatchKinds) -> Bool {
        defer { followWatchers() }
        return memcached.watchers.add(id, on: context, kinds)
    }

    /// Forgets a watcher.
    func removeWatcher(_ id: ConnectionID) {
        memcached.watchers.remove(id)
        followWatchers()
    }

    private func followWatchers() {
        interests.set(
            memcached.watchers.wantedKinds.contains(.evictions) ? .evictions : [],
            for: .watchers)
    }
}
