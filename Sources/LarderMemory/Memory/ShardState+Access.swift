import LarderCore

extension ShardState {
    mutating func withAccess(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        _ body: (inout KeyAccess) -> Void
    ) {
        let space = spaces[database]
        let found = find(key, hash, space, at: now)
        unsafe key.withUnsafeBytes { bytes in
            unsafe withUnsafeMutablePointer(to: &self) { pointer in
                var access = unsafe KeyAccess(pointer, bytes, hash, space, now, found)
                body(&access)
            }
        }
    }
}
