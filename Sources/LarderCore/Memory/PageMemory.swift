import Glibc

/// Address space and memory straight from the operating system, in whole pages.
///
/// Reserved space costs nothing until it is committed. Both may be called on any thread.
public enum PageMemory {
    /// Bytes of a page. 4 KiB is what Linux uses on x86-64 and, by default, on arm64; a system with
    /// larger pages is refused by `reserve`.
    public static var pageSize: Int { 4096 }

    /// `byteCount` rounded up to whole pages.
    ///
    /// - Complexity: O(1).
    public static func roundedUp(_ byteCount: Int) -> Int {
        (byteCount + pageSize - 1) & ~(pageSize - 1)
    }

    /// Reserves address space that may not be touched before it is committed.
    ///
    /// - Complexity: One system call.
    public static func reserve(byteCount: Int) -> UnsafeMutableRawPointer {
        let size = roundedUp(byteCount)
        let start = unsafe mmap(
            nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else {
            fatalError(
                "The system gave no \(size) bytes of address space (is 'ulimit -v' set?).")
        }
        return unsafe start
    }

    /// Bytes of a huge page.
    public static var hugePageSize: Int { 2 << 20 }

    /// Like `reserve`, at an address that is a multiple of `hugePageSize`.
    ///
    /// - Complexity: Up to three system calls.
    public static func reserveAligned(byteCount: Int) -> UnsafeMutableRawPointer {
        let size = roundedUp(byteCount)
        let start = unsafe reserve(byteCount: size + hugePageSize)
        let address = Int(bitPattern: start)
        let before = (hugePageSize - address % hugePageSize) % hugePageSize
        if before > 0 { unsafe release(start, byteCount: before) }
        unsafe release(start + before + size, byteCount: hugePageSize - before)
        return unsafe start + before
    }

    /// Lets the system use huge pages for committed memory, or forbids it. A hint.
    ///
    /// - Complexity: One system call.
    public static func setHuge(
        _ isHuge: Bool, _ start: UnsafeMutableRawPointer, byteCount: Int
    ) {
        _ = unsafe madvise(start, byteCount, isHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE)
    }

    /// Makes reserved pages usable; they read as zeros.
    ///
    /// - Complexity: One system call; the system supplies each page when it is first touched.
    public static func commit(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        guard unsafe mprotect(start, byteCount, PROT_READ | PROT_WRITE) == 0 else {
            fatalError("The system gave no \(byteCount) bytes of memory (errno \(errno)).")
        }
    }

    /// Gives the memory of committed pages back; they stay usable and read as zeros.
    ///
    /// - Complexity: One system call, which takes about 0.1 µs per page.
    public static func discard(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        _ = unsafe madvise(start, byteCount, MADV_DONTNEED)
    }

    /// Ends a reservation.
    ///
    /// - Complexity: One system call.
    public static func release(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        _ = unsafe munmap(start, roundedUp(byteCount))
    }
}
