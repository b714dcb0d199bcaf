import LarderCore

/// The addresses of a space of slabs, which begin at a huge page. Readers of large values hold it
/// too, so a value that a slow client is still being sent outlives even its store.
@safe final class AddressRange: Sendable {
    // Safety: an address, which never changes; who may use the memory behind it says the arena.
    nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
        unsafe base = PageMemory.reserveAligned(byteCount: byteCount)
    }

    deinit {
        unsafe PageMemory.release(base, byteCount: byteCount)
    }
}
