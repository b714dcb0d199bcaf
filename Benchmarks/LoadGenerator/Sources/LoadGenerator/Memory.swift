/// Bytes that do not move, given back at the end.
@safe struct Memory: ~Copyable {
    private let base: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        unsafe base = .allocate(byteCount: byteCount, alignment: 64)
    }

    deinit { unsafe base.deallocate() }

    var byteCount: Int { unsafe base.count }

    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: base[range])
    }

    func address(at offset: Int) -> UnsafeMutableRawPointer {
        precondition(unsafe offset <= base.count, "An offset lies within the memory.")
        return unsafe base.baseAddress! + offset
    }

    /// Moves a range to the start.
    func shift(_ range: Range<Int>) {
        unsafe base.copyMemory(from: bytes(range))
    }
}
