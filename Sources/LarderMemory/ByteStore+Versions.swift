// Versions for a write that is tried out on another store first.
extension ByteStore {
    /// Sets versions aside that no entry of this hash gets otherwise.
    ///
    /// - Returns: The version before them.
    public func reserveVersions(_ count: UInt64, of hash: UInt64) -> UInt64 {
        shards.withLock(shards.number(hash)) { state in
            defer { state.version += count }
            return state.version
        }
    }

    /// Gives out the versions behind `version` from now on, whatever it gave out before: for a
    /// store that stands in for another.
    public func countVersions(from version: UInt64) {
        for number in 0..<shards.count { shards.withLock(number) { $0.version = version } }
    }
}
