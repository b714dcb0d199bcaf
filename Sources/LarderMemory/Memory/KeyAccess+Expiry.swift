// The end of what is written.
extension KeyAccess {
    /// When the entry expires, for a write that keeps that; nil if there is none.
    public var keptExpiry: Moment? { exists ? expiry : nil }

    /// When an entry expires whose write does not say it.
    @inline(__always)
    var unsaidExpiry: Moment {
        unsafe state.pointee.bans.isInterested
            ? state.pointee.unsaidExpiry(key, space, at: now) : .never
    }
}
