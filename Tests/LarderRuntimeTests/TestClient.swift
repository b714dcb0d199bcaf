import CSocket
import Glibc
@testable import LarderRuntime

/// A blocking client whose every wait ends in a failure after ten seconds, never in a hang.
final class TestClient: ByteClient {
    enum Failure: Error {
        case cannotConnect(Int32)
        case timeOut
        case broken(Int32)
    }

    let descriptor: Int32

    /// Connects to `address`, as a `LoopGroup` gives it. A small `receiveBuffer` makes slow
    /// readers.
    init(_ address: SocketAddress, receiveBuffer: Int32? = nil) throws {
        let raw = address
        descriptor = socket(Int32(raw.storage.ss_family), csocket_stream, 0)
        if let receiveBuffer {
            _ = csocket_set(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBuffer)
        }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        var storage = raw.storage
        guard unsafe csocket_connect(descriptor, &storage, raw.length) == 0 else {
            throw Failure.cannotConnect(errno)
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let sent = unsafe bytes[offset...].withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, csocket_no_signal)
            }
            guard sent > 0 else { throw errno == EAGAIN ? Failure.timeOut : .broken(errno) }
            offset += sent
        }
    }

    /// Says that nothing more will be sent.
    func finishSending() {
        _ = shutdown(descriptor, csocket_shutdown_write)
    }

    /// What one receive gives; empty at the end.
    func receive(atMost limit: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, limit, 0)
        }
        if count < 0 { throw errno == EAGAIN ? Failure.timeOut : .broken(errno) }
        return Array(bytes[..<count])
    }

    /// Whether the connection has ended, orderly or not.
    func waitForEnd() -> Bool {
        do {
            _ = try receiveAll()
            return true
        } catch Failure.broken {
            return true
        } catch {
            return false
        }
    }
}
