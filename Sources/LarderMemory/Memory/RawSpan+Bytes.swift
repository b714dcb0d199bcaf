import Glibc

extension RawSpan {
    /// The byte at `offset`, which must be within.
    func byte(_ offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount, "An offset is within its bytes.")
        return unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Whether these are the bytes of `other`.
    func isEqual(to other: [UInt8]) -> Bool {
        guard byteCount == other.count, byteCount > 0 else { return byteCount == other.count }
        return unsafe withUnsafeBytes { mine in
            unsafe other.withUnsafeBytes { theirs in
                guard let left = mine.baseAddress, let right = theirs.baseAddress else {
                    return true
                }
                return unsafe memcmp(left, right, mine.count) == 0
            }
        }
    }

    /// Whether these bytes, which are tags as `EntryTags` packs them, have `tag`.
    func hasTag(_ tag: [UInt8]) -> Bool {
        var position = 0
        while position < byteCount {
            let end = position + 1 + Int(byte(position))
            if extracting(position + 1..<end).isEqual(to: tag) { return true }
            position = end
        }
        return false
    }
}
