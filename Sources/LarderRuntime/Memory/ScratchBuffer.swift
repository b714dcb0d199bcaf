import CSocket
import Glibc

/// Where a loop reads into: one for all its connections, since each is done with before the next.
@safe final class ScratchBuffer {
    let capacity: Int
    private let base: UnsafeMutableRawPointer

    init(capacity: Int) {
        self.capacity = capacity
        unsafe base = .allocate(byteCount: capacity, alignment: 4096)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// The first `count` bytes. Valid until the next change.
    func bytes(_ count: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base, count: count)
    }

    /// Puts `bytes` at `offset`.
    func store(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        precondition(offset + bytes.count <= capacity, "The buffer holds what is stored.")
        guard let start = bytes.baseAddress else { return }
        unsafe (base + offset).copyMemory(from: start, byteCount: bytes.count)
    }

    /// One `recv` behind the first `offset` bytes: its result.
    func receive(from descriptor: Int32, at offset: Int) -> Int {
        unsafe recv(descriptor, base + offset, capacity - offset, csocket_receive_flags)
    }
}
