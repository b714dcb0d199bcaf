import LarderCore

extension ByteStore {
    /// Address of the entry that a key with this hash probably has; 0 when it has none.
    ///
    /// For fetching it into the processor's cache ahead of its use, which has no other effect. The
    /// entry may have moved as soon as this returns.
    ///
    /// - Complexity: Expected O(1). Looks at the tables only.
    public func probableAddress(_ hash: UInt64) -> UInt {
        shards.withLock(shards.number(hash)) { state in
            guard let slot = state.index.find(hash, { _ in true }) else { return 0 }
            return state.block(of: slot).address
        }
    }
}
