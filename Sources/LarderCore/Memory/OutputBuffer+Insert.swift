import Glibc

extension OutputBuffer {
    /// Bytes that are to stand somewhere between those that are there.
    public struct Insertion: BitwiseCopyable, Sendable {
        /// Plain bytes that go before it.
        public let position: Int
        /// Where its bytes end in the buffer that has them; they begin where those of the last
        /// insertion end.
        public let end: Int

        /// The bytes up to `end`, at `position`.
        public init(position: Int, end: Int) {
            self.position = position
            self.end = end
        }
    }

    /// Puts pieces of the plain bytes of `other` between those that are here, with what comes
    /// behind moved back. A reference stays behind the bytes that were before it.
    ///
    /// - Parameters:
    ///   - insertions: In order of position; of two at one place the first comes first.
    ///   - other: Has their bytes, and no references that count.
    /// - Complexity: O(bytes behind the first position, insertions, references).
    public mutating func insert(_ insertions: [Insertion], of other: borrowing OutputBuffer) {
        guard let last = insertions.last, last.end > 0, !isOverflowed else { return }
        guard reserve(last.end) else { return overflow() }
        var end = count
        filled += last.end
        for index in insertions.indices.reversed() {
            let start = index > 0 ? insertions[index - 1].end : 0
            let (position, length) = (insertions[index].position, insertions[index].end - start)
            precondition(position <= end && length >= 0, "Insertions are in order.")
            unsafe memmove(
                base + position + start + length, base + position, end - position)
            unsafe (base + position + start).copyMemory(
                from: other.base + start, byteCount: length)
            end = position
        }
        shiftReferences(insertions)
    }

    private mutating func shiftReferences(_ insertions: [Insertion]) {
        var index = 0
        moveReferences { position in
            while index < insertions.count, insertions[index].position < position { index += 1 }
            return position + (index > 0 ? insertions[index - 1].end : 0)
        }
    }
}
