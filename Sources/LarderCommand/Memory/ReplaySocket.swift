import Glibc

/// A connected stream socket, closed when it goes out of scope.
struct ReplaySocket: ~Copyable {
    /// What came of trying to move bytes.
    enum Transfer: Hashable {
        case moved(Int)
        /// Nothing can be moved now.
        case wouldBlock
        /// The other side is gone; why.
        case closed(String)
    }

    /// How long a waiting receive sleeps before it looks whether it should stop.
    static let waitMilliseconds = 100

    let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Fails on a socket that is not TCP, which has no such delay.
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        var wait = timeval(tv_sec: 0, tv_usec: Self.waitMilliseconds * 1000)
        let waitSize = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, waitSize)
    }

    deinit { close(descriptor) }

    /// Sends what of `bytes` from `offset` on the system takes now.
    func send(_ bytes: [UInt8], from offset: Int) -> Transfer {
        let flags = SocketConstant.doNotWait | SocketConstant.noSignal
        let count = unsafe bytes.withUnsafeBytes { all in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: all[offset...])
            return unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, flags)
        }
        return count >= 0 ? .moved(count) : Self.failedTransfer()
    }

    /// Receives into `buffer` from `offset` on. A waiting call waits `waitMilliseconds` at most.
    func receive(into buffer: inout [UInt8], from offset: Int, waiting: Bool) -> Transfer {
        let flags = waiting ? 0 : SocketConstant.doNotWait
        let count = unsafe buffer.withUnsafeMutableBytes { all in
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: all[offset...])
            return unsafe recv(descriptor, free.baseAddress, free.count, flags)
        }
        if count > 0 { return .moved(count) }
        return count == 0 ? .closed("the server closed the connection") : Self.failedTransfer()
    }

    private static func failedTransfer() -> Transfer {
        switch errno {
        case EAGAIN, EINTR: .wouldBlock
        case let code: unsafe .closed(String(cString: strerror(code)).lowercased())
        }
    }
}

/// Linux's numbers. The C names are imported as enumerations or as integers, depending on which
/// module of the program brings them first.
enum SocketConstant {
    static let stream: Int32 = 1
    static let closeOnExec: Int32 = 0o2_000_000
    static let doNotWait: Int32 = 0x40
    static let noSignal: Int32 = 0x4000
}
