/// Bytes that do not move, given back at the end.
@safe struct Memory: ~Copyable {
    private let base: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
        unsafe base = .allocate(byteCount: byteCount, alignment: 64)
        self.byteCount = byteCount
    }

    deinit { unsafe base.deallocate() }

    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.upperBound <= byteCount, "A range lies within the memory.")
        return unsafe UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    func address(at offset: Int) -> UnsafeMutableRawPointer {
        precondition(offset <= byteCount, "An offset lies within the memory.")
        return unsafe base + offset
    }

    /// Moves a range to the start.
    func shift(_ range: Range<Int>) {
        unsafe base.copyMemory(from: base + range.lowerBound, byteCount: range.count)
    }
}
