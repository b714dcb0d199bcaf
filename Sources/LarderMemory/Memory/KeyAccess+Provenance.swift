extension KeyAccess {
    /// Stores `value` like the other `put`, with the provenance that its entry had or is to have:
    /// that has its own windows, and `expiry` counts only without one.
    @discardableResult
    public mutating func put(
        _ value: RawSpan, expiry: Moment? = nil, flags: UInt32 = 0, isVersioned: Bool = false,
        provenance: Provenance?
    ) -> PutOutcome {
        var attributes = EntryAttributes(
            expiry: expiry ?? unsaidExpiry, flags: flags, written: now, isVersioned: isVersioned)
        attach(provenance, to: &attributes)
        return put(value, attributes)
    }

    /// Stores `value` like the other `put`, with a version that none had before that the store gave
    /// this key: one that was reserved for it. 0: with none.
    @discardableResult
    public mutating func put(
        _ value: RawSpan, expiry: Moment, flags: UInt32, version: UInt64
    ) -> PutOutcome {
        let attributes = EntryAttributes(
            expiry: expiry, flags: flags, written: now, version: version)
        return put(value, attributes)
    }

    /// The same, of a value that was built piece by piece.
    @discardableResult
    public mutating func put(
        large value: LargeValue?, expiry: Moment? = nil, flags: UInt32 = 0,
        provenance: Provenance?
    ) -> PutOutcome {
        var attributes = EntryAttributes(
            expiry: expiry ?? unsaidExpiry, flags: flags, written: now)
        attach(provenance, to: &attributes)
        return put(large: value, attributes)
    }
}
