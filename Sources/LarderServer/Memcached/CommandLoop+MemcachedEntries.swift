import LarderCore
import LarderMemory

extension CommandLoop {
    /// Gives `body` the entry that memcached's clients have for `key`.
    @inline(__always)
    func withEntry(_ key: RawSpan, _ hash: UInt64, _ body: (inout KeyAccess) -> Void) {
        store.withKey(key, hash, database: 0, at: now, body)
    }
}
