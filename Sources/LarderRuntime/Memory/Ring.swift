import CUring
import Glibc
import Synchronization

/// An io_uring with the buffers that the kernel receives into, and what it has completed.
///
/// All of it belongs to one thread, which also makes it. The fenced part of `UringBackend`.
@safe final class Ring {
    /// What the kernel says of one request.
    struct Completion {
        var request: Request
        var result: Int32
        var flags: UInt32

        /// The request goes on: there will be more of these.
        var goesOn: Bool { flags & (1 << 1) != 0 }
        /// The buffer that was filled.
        var buffer: Int? { flags & 1 != 0 ? Int(flags >> 16) : nil }
    }

    /// Most requests queued between two system calls.
    private static let queueLength: UInt32 = 1024
    /// Completions that fit. More wait in the kernel, at a cost.
    private static let completionLength: UInt32 = 8192
    /// 16 KiB takes a whole pipeline of small requests in one completion; 128 of them are 2 MiB
    /// per loop, and enough for all connections that are ready within one turn.
    private static let bufferBytes = 16 << 10
    private static let bufferCount = 128
    private static let group: UInt16 = 0

    private let ring: UnsafeMutablePointer<io_uring>
    private let buffers: UnsafeMutableRawPointer
    private let list: UnsafeMutablePointer<io_uring_buf_ring>
    private let found: UnsafeMutablePointer<UnsafeMutablePointer<io_uring_cqe>?>
    private static let foundCount = 256

    /// Rings that are gone. liburing maps and unmaps their memory by system calls that the thread
    /// sanitizer does not see: by this it knows that a ring at the same address comes later.
    private static let ended = Atomic<Int>(0)

    /// Nil when the system has no io_uring, forbids it, or has an older one.
    init?() {
        _ = Self.ended.load(ordering: .acquiring)
        unsafe ring = .allocate(capacity: 1)
        unsafe ring.initialize(to: io_uring())
        let listBytes = Self.bufferCount * MemoryLayout<io_uring_buf>.stride
        let place = UnsafeMutableRawPointer.allocate(
            byteCount: listBytes, alignment: 4096)
        unsafe place.initializeMemory(as: UInt8.self, repeating: 0, count: listBytes)
        unsafe list = place.assumingMemoryBound(to: io_uring_buf_ring.self)
        unsafe buffers = .allocate(
            byteCount: Self.bufferBytes * Self.bufferCount, alignment: 4096)
        unsafe found = .allocate(capacity: Self.foundCount)
        unsafe found.initialize(repeating: nil, count: Self.foundCount)
        guard setUp() else {
            deallocate()
            return nil
        }
    }

    deinit {
        unsafe io_uring_queue_exit(ring)
        Self.ended.wrappingAdd(1, ordering: .releasing)
        deallocate()
    }

    private func deallocate() {
        unsafe found.deallocate()
        unsafe buffers.deallocate()
        unsafe UnsafeMutableRawPointer(list).deallocate()
        unsafe ring.deallocate()
    }

    private func setUp() -> Bool {
        var parameters = io_uring_params()
        // One thread submits and runs the kernel's follow-up work, when it waits and not between.
        parameters.flags =
            UInt32(IORING_SETUP_SINGLE_ISSUER) | UInt32(IORING_SETUP_DEFER_TASKRUN)
            | UInt32(IORING_SETUP_COOP_TASKRUN) | UInt32(IORING_SETUP_SUBMIT_ALL)
            | UInt32(IORING_SETUP_CQSIZE)
        parameters.cq_entries = Self.completionLength
        guard unsafe io_uring_queue_init_params(Self.queueLength, ring, &parameters) == 0 else {
            return false
        }
        var registration = io_uring_buf_reg()
        registration.ring_addr = unsafe UInt64(UInt(bitPattern: UnsafeMutableRawPointer(list)))
        registration.ring_entries = UInt32(Self.bufferCount)
        registration.bgid = Self.group
        guard unsafe io_uring_register_buf_ring(ring, &registration, 0) == 0 else {
            unsafe io_uring_queue_exit(ring)
            return false
        }
        unsafe io_uring_buf_ring_init(list)
        for buffer in 0..<Self.bufferCount { giveBack(buffer) }
        return true
    }

    /// The bytes received into a buffer. Valid until it is given back.
    func bytes(_ count: Int, in buffer: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: buffers + buffer * Self.bufferBytes, count: count)
    }

    /// Lets the kernel fill the buffer again.
    func giveBack(_ buffer: Int) {
        unsafe io_uring_buf_ring_add(
            list, buffers + buffer * Self.bufferBytes, UInt32(Self.bufferBytes), UInt16(buffer),
            io_uring_buf_ring_mask(UInt32(Self.bufferCount)), 0)
        unsafe io_uring_buf_ring_advance(list, 1)
    }

    // Requests. They reach the kernel with the next `submit` or `wait`.

    /// Receives into buffers of the ring until it is cancelled or fails.
    func receive(from descriptor: Int32, _ request: Request) {
        let entry = unsafe nextEntry()
        unsafe io_uring_prep_recv_multishot(entry, descriptor, nil, 0, 0)
        // IOSQE_BUFFER_SELECT.
        unsafe entry.pointee.flags |= 1 << 5
        unsafe entry.pointee.buf_group = Self.group
        unsafe entry.pointee.user_data = request.bits
    }

    /// Sends without waiting: it is over when `submit` returns.
    func send(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, flags: Int32, _ request: Request
    ) {
        let entry = unsafe nextEntry()
        unsafe io_uring_prep_send(entry, descriptor, bytes.baseAddress, bytes.count, flags)
        unsafe entry.pointee.user_data = request.bits
    }

    /// Tells once when the descriptor is ready for `events`.
    func poll(_ descriptor: Int32, _ events: Int32, _ request: Request) {
        let entry = unsafe nextEntry()
        unsafe io_uring_prep_poll_add(entry, descriptor, UInt32(events))
        unsafe entry.pointee.user_data = request.bits
    }

    /// Ends a request; it completes one last time.
    func cancel(_ request: Request) {
        let entry = unsafe nextEntry()
        unsafe io_uring_prep_cancel64(entry, request.bits, 0)
        unsafe entry.pointee.user_data = Request.ignored.bits
    }

    private func nextEntry() -> UnsafeMutablePointer<io_uring_sqe> {
        if let entry = unsafe io_uring_get_sqe(ring) { return unsafe entry }
        submit()
        guard let entry = unsafe io_uring_get_sqe(ring) else {
            fatalError("The kernel takes what is submitted.")
        }
        return unsafe entry
    }

    /// Hands the queued requests to the kernel.
    func submit() {
        while unsafe io_uring_submit(ring) == -EINTR {}
    }

    /// As `submit`, and runs what the kernel has put off.
    func submitAndRun() {
        _ = unsafe io_uring_submit_and_get_events(ring)
    }

    /// As `submit`, and waits for `count` completions, at most for `limit`.
    func wait(_ limit: Duration, for count: Int) {
        let (seconds, attoseconds) = limit.components
        var time = __kernel_timespec(tv_sec: seconds, tv_nsec: attoseconds / 1_000_000_000)
        var first: UnsafeMutablePointer<io_uring_cqe>?
        _ = unsafe io_uring_submit_and_wait_timeout(ring, &first, UInt32(count), &time, nil)
    }

    /// Takes the completions there are, in order. `body` must not call the ring.
    func takeCompletions(_ body: (Completion) -> Void) {
        while true {
            let count = unsafe Int(io_uring_peek_batch_cqe(ring, found, UInt32(Self.foundCount)))
            for index in 0..<count {
                guard let entry = unsafe found[index] else { continue }
                unsafe body(
                    Completion(
                        request: Request(bits: entry.pointee.user_data),
                        result: entry.pointee.res, flags: entry.pointee.flags))
            }
            unsafe io_uring_cq_advance(ring, UInt32(count))
            if count < Self.foundCount { return }
        }
    }
}

/// What a completion belongs to, in the 64 bits that the kernel hands back.
struct Request: Hashable {
    enum Kind: UInt8 {
        case ignored, receive, send, poll, end, watch
    }

    static let ignored = Request(bits: 0)

    let bits: UInt64

    init(bits: UInt64) {
        self.bits = bits
    }

    /// `serial` tells a connection from the next one in its place: 32 of its bits do.
    init(_ kind: Kind, slot: Int, serial: UInt64 = 0) {
        bits =
            UInt64(kind.rawValue) << 56 | UInt64(UInt32(truncatingIfNeeded: serial)) << 24
            | UInt64(slot) & 0xFF_FFFF
    }

    var kind: Kind { Kind(rawValue: UInt8(bits >> 56)) ?? .ignored }
    var slot: Int { Int(bits & 0xFF_FFFF) }
    var serial: UInt32 { UInt32(truncatingIfNeeded: bits >> 24) }
}
