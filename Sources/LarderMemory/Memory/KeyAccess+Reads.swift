import LarderCore

// A copy of the value, and what is noted of an entry that was read or used.
extension KeyAccess {
    /// Appends the value, large or not, to `bytes`.
    public func copyValue(into bytes: inout [UInt8]) {
        if let large = largeValue {
            var offset = 0
            while offset < large.byteCount {
                large.withSegment(at: offset) { piece in
                    unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
                    offset += piece.byteCount
                }
            }
        } else {
            unsafe value.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
    }

    /// Notes a use of the entry, with the policy too.
    public mutating func touch() {
        guard let found else { return }
        let header = found.block.header
        let used = header.accessed(at: now)
        if used != header { found.block.header = used }
        unsafe state.pointee.touch(found, hash)
        if header.shape.contains(.provenance) { unsafe state.pointee.slide(found, at: now) }
    }

    /// Notes that the value was read.
    public mutating func noteRead() {
        guard let found else { return }
        touch()
        found.block.header = found.block.header.fetched(at: now)
    }

    /// Counts the access as a hit or a miss, and notes a hit.
    public mutating func countRead() {
        if exists {
            unsafe state.pointee.statistics.hits += 1
            noteRead()
        } else {
            unsafe state.pointee.statistics.misses += 1
            if unsafe state.pointee.tells { unsafe state.pointee.tell(.missed, key, space) }
        }
    }
}
