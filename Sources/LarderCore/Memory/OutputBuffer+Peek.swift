extension OutputBuffer {
    /// Whether there is a plain byte at `offset`, and it is `byte`.
    ///
    /// - Complexity: O(1).
    @inlinable @inline(__always) public borrowing func holds(
        _ byte: UInt8, at offset: Int
    ) -> Bool {
        guard offset >= 0, offset < count else { return false }
        return unsafe base.load(fromByteOffset: offset, as: UInt8.self) == byte
    }
}
