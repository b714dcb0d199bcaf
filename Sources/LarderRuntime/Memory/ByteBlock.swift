import Glibc

/// Bytes in memory of their own: a partial request, or output that waits. Grows, never shrinks.
@safe final class ByteBlock {
    private var base: UnsafeMutableRawPointer
    private(set) var capacity: Int
    /// First byte that is still wanted.
    private(set) var start = 0
    /// End of the bytes held.
    private(set) var end = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit {
        unsafe base.deallocate()
    }

    var count: Int { end - start }
    /// Bytes that fit behind the end.
    var room: Int { capacity - end }

    /// The bytes held. Valid until the next change.
    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base + start, count: count)
    }

    /// Where more bytes go; `didFill` says how many came. Valid until the next change.
    var free: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: base + end, count: room)
    }

    func didFill(_ byteCount: Int) {
        precondition(byteCount <= room, "A block is filled within its room.")
        end += byteCount
    }

    func append(_ source: UnsafeRawBufferPointer) {
        precondition(source.count <= room, "A block is filled within its room.")
        guard let from = source.baseAddress else { return }
        unsafe (base + end).copyMemory(from: from, byteCount: source.count)
        end += source.count
    }

    func removeFirst(_ byteCount: Int) {
        precondition(byteCount <= count, "Only bytes that are there are removed.")
        start += byteCount
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Makes `room` at least `byteCount`, by moving the bytes to the front or to a larger place.
    func makeRoom(_ byteCount: Int) {
        guard room < byteCount else { return }
        if capacity - count >= byteCount, start >= count {
            unsafe base.copyMemory(from: base + start, byteCount: count)
        } else {
            let larger = max(capacity, count + byteCount)
            let place = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
            unsafe place.copyMemory(from: base + start, byteCount: count)
            unsafe base.deallocate()
            unsafe base = place
            capacity = larger
        }
        end = count
        start = 0
    }
}
