import LarderCore
import LarderHierarchy
import LarderMemory

/// The store as a lease desk sees it.
struct StoreLeaseMemory: LeaseMemory {
    let store: ByteStore

    func mark(_ key: Key) -> KeyMark { store.mark(key) }
    func end(_ mark: KeyMark) { store.endMark(mark) }
    func isCurrent(_ mark: KeyMark) -> Bool { store.isCurrent(mark) }

    func holds(_ key: Key) -> Bool {
        let bytes = unsafe key.bytes.span.bytes
        let now = Moment(MonotonicClock.now())
        let standing = store.standing(
            of: bytes, store.hash(bytes), database: Int(key.database), at: now)
        return standing == .fresh
    }
}
