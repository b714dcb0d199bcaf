import Glibc
import LarderCore

/// Where a server listens: an IPv4 address in digits and a port.
package struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: UInt16

    package init(host: String = "127.0.0.1", port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:6379`.
    package init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else { return nil }
        self.init(host: String(parts[0]), port: port)
    }

    package var description: String { "\(host):\(port)" }
}

/// What may go wrong on a socket; `number` is the system's errno.
package enum SocketFault: Error, Hashable {
    case badAddress(ServerAddress)
    case refused(call: String, number: Int32)
    /// The other side closed, or did not answer in time.
    case noReply(number: Int32)
}

/// A TCP socket whose calls block, closed when its owner goes.
package struct BlockingSocket: ~Copyable {
    private let descriptor: Int32
    private var pending: [UInt8] = []

    fileprivate init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Connects to `address`. Reads give up after `patience`.
    package static func connected(
        to address: ServerAddress, patience: Duration = .seconds(5)
    ) throws(SocketFault) -> BlockingSocket {
        let descriptor = try newDescriptor()
        let socket = BlockingSocket(descriptor: descriptor)
        try unsafe address.withSocketAddress { pointer, size throws(SocketFault) in
            guard unsafe connect(descriptor, pointer, size) == 0 else {
                throw .refused(call: "connect", number: errno)
            }
        }
        let (seconds, attoseconds) = patience.components
        var limit = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return socket
    }

    fileprivate static func newDescriptor() throws(SocketFault) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .refused(call: "socket", number: errno) }
        return descriptor
    }

    /// Sends all of `bytes`.
    package func send(_ bytes: [UInt8]) throws(SocketFault) {
        var sent = 0
        while sent < bytes.count {
            let rest = Array(bytes[sent...])
            let count = unsafe Glibc.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { throw .noReply(number: errno) }
            sent += count
        }
    }

    /// Bytes up to the next CRLF, without it.
    package mutating func line() throws(SocketFault) -> String {
        var scanned = 0
        while true {
            if let end = pending[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = pending[..<end].filter { $0 != UInt8(ascii: "\r") }
                pending.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            scanned = pending.count
            try receive()
        }
    }

    /// The next `count` bytes.
    package mutating func bytes(_ count: Int) throws(SocketFault) -> [UInt8] {
        while pending.count < count { try receive() }
        let bytes = Array(pending.prefix(count))
        pending.removeFirst(count)
        return bytes
    }

    /// Whatever has come; it waits for at least one byte.
    package mutating func available() throws(SocketFault) -> [UInt8] {
        if pending.isEmpty { try receive() }
        defer { pending = [] }
        return pending
    }

    private mutating func receive() throws(SocketFault) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw .noReply(number: count == 0 ? 0 : errno) }
        pending += buffer[..<count]
    }
}

/// A listening TCP socket on a port of the system's choice.
package struct BlockingListener: ~Copyable {
    private let descriptor: Int32
    package let address: ServerAddress

    private init(descriptor: Int32, address: ServerAddress) {
        self.descriptor = descriptor
        self.address = address
    }

    /// Listens on loopback.
    package static func bound() throws(SocketFault) -> BlockingListener {
        let descriptor = try BlockingSocket.newDescriptor()
        var bound = sockaddr_in()
        let any = ServerAddress(port: 0)
        do {
            try unsafe any.withSocketAddress { pointer, size throws(SocketFault) in
                guard unsafe bind(descriptor, pointer, size) == 0, listen(descriptor, 128) == 0
                else { throw .refused(call: "bind", number: errno) }
            }
        } catch {
            close(descriptor)
            throw error
        }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &bound) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        let address = ServerAddress(host: any.host, port: UInt16(bigEndian: bound.sin_port))
        return BlockingListener(descriptor: descriptor, address: address)
    }

    deinit { close(descriptor) }

    /// The next connection, or `nil` once `stop()` was called.
    package func accept() -> BlockingSocket? {
        let connection = Glibc.accept(descriptor, nil, nil)
        return connection < 0 ? nil : BlockingSocket(descriptor: connection)
    }

    /// Ends a waiting `accept()`.
    package func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}

extension ServerAddress {
    fileprivate func withSocketAddress(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SocketFault) -> Void
    ) throws(SocketFault) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
            throw .badAddress(self)
        }
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        try unsafe withUnsafePointer(to: &address) { pointer throws(SocketFault) in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                rebound throws(SocketFault) in
                try unsafe body(rebound, size)
            }
        }
    }
}
