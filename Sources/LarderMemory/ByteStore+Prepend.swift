import LarderCore

extension ByteStore {
    /// Puts bytes in front of the value of `key`. A long value is copied, without the lock, and put
    /// in place if it is still the same.
    ///
    /// - Parameters:
    ///   - piece: The bytes, which must not lie in the store.
    ///   - key: The key.
    ///   - hash: Its hash.
    ///   - database: Its database.
    ///   - now: The time.
    ///   - plan: Whether to do it. It may run several times, and has to answer anew each time.
    ///   - finish: Looks at the changed value, under the same lock.
    /// - Returns: `.stored` also when the value was left as it is.
    public func prepend(
        _ piece: RawSpan, to key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        if plan: (inout KeyAccess) -> Bool, finish: (inout KeyAccess) -> Void
    ) -> PutOutcome {
        var set = ShardSet()
        insertShard(of: hash, into: &set)
        return untilDone(set) {
            tryPrepend(piece, to: key, hash, database: database, at: now, if: plan, finish)
        }
    }

    /// - Returns: `nil` when the value was changed by another while it was copied.
    private func tryPrepend(
        _ piece: RawSpan, to key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        if plan: (inout KeyAccess) -> Bool, _ finish: (inout KeyAccess) -> Void
    ) -> PutOutcome? {
        var outcome = PutOutcome.stored
        var copied: ValueSnapshot?
        withKey(key, hash, database: database, at: now) { access in
            guard plan(&access) else { return }
            let length = piece.byteCount + access.valueLength
            guard length <= SizeClasses.inlineMax, access.largeValue == nil else {
                copied = access.snapshot()
                return
            }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(length)
            unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            access.copyValue(into: &bytes)
            outcome = unsafe access.put(
                bytes.span.bytes, expiry: access.keptExpiry, flags: access.flags)
            if outcome == .stored { finish(&access) }
        }
        guard let copied else { return outcome }
        let fresh = join(piece, copied, for: hash)
        return exchange(copied, for: fresh, of: key, hash, database: database, at: now, finish)
    }

    private func join(
        _ piece: RawSpan, _ old: ValueSnapshot, for hash: UInt64
    ) -> LargeValue? {
        let builder = makeLargeBuilder(for: hash, byteCount: piece.byteCount + old.byteCount)
        builder.append(piece)
        builder.append(old, count: old.byteCount)
        return builder.finish()
    }
}
