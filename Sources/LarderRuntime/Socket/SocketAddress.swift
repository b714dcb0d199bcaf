import CSocket
import Glibc

/// An address in the system's form, of any of the three families.
public struct SocketAddress: Sendable, CustomStringConvertible {
    var storage: sockaddr_storage

    init(storage: sockaddr_storage) {
        self.storage = storage
    }

    /// The address of an endpoint.
    init(_ endpoint: ListenerConfiguration.Endpoint) throws(RuntimeError) {
        switch endpoint {
        case .tcp(let address, let port):
            storage = try Self.internet(address, port)
        case .unix(let path, _):
            storage = try Self.unix(path)
        }
    }

    private static func internet(
        _ address: String, _ port: UInt16
    ) throws(RuntimeError) -> sockaddr_storage {
        var storage = sockaddr_storage()
        let found = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            var four = sockaddr_in()
            if unsafe inet_pton(AF_INET, address, &four.sin_addr) == 1 {
                four.sin_family = sa_family_t(AF_INET)
                four.sin_port = port.bigEndian
                unsafe bytes.storeBytes(of: four, as: sockaddr_in.self)
                return true
            }
            var six = sockaddr_in6()
            guard unsafe inet_pton(AF_INET6, address, &six.sin6_addr) == 1 else { return false }
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            unsafe bytes.storeBytes(of: six, as: sockaddr_in6.self)
            return true
        }
        guard found else { throw .notAnAddress(address) }
        return storage
    }

    private static func unix(_ path: String) throws(RuntimeError) -> sockaddr_storage {
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let limit = MemoryLayout<sockaddr_un>.size - offset - 1
        guard path.utf8.count <= limit, !path.isEmpty else {
            throw .pathTooLong(path, limit: limit)
        }
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            for (index, byte) in path.utf8.enumerated() {
                unsafe bytes[offset + index] = byte
            }
        }
        return storage
    }

    /// Size of the part of `storage` that the family uses.
    var length: socklen_t {
        switch Int32(storage.ss_family) {
        case AF_INET: socklen_t(MemoryLayout<sockaddr_in>.size)
        case AF_INET6: socklen_t(MemoryLayout<sockaddr_in6>.size)
        default: socklen_t(MemoryLayout<sockaddr_un>.size)
        }
    }

    /// Whether it is reachable from this machine only.
    public var isLocal: Bool {
        switch Int32(storage.ss_family) {
        case AF_INET: return UInt32(bigEndian: four.sin_addr.s_addr) >> 24 == 127
        case AF_INET6:
            let text = description
            return text.hasPrefix("[::1]:") || text.hasPrefix("[::ffff:127.")
        default: return true
        }
    }

    /// The port of an internet address.
    public var port: UInt16? {
        switch Int32(storage.ss_family) {
        case AF_INET: UInt16(bigEndian: four.sin_port)
        case AF_INET6: UInt16(bigEndian: six.sin6_port)
        default: nil
        }
    }

    /// `127.0.0.1:5273`, `[::1]:5273` or `unix:/run/larder.sock`.
    public var description: String {
        switch Int32(storage.ss_family) {
        case AF_INET:
            return "\(Self.text(AF_INET, four.sin_addr)):\(port ?? 0)"
        case AF_INET6:
            return "[\(Self.text(AF_INET6, six.sin6_addr))]:\(port ?? 0)"
        default:
            return "unix:\(path)"
        }
    }

    private var four: sockaddr_in {
        unsafe withUnsafeBytes(of: storage) { unsafe $0.load(as: sockaddr_in.self) }
    }

    private var six: sockaddr_in6 {
        unsafe withUnsafeBytes(of: storage) { unsafe $0.load(as: sockaddr_in6.self) }
    }

    /// The file of a unix socket; empty for its clients, which have no name.
    private var path: String {
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        return unsafe withUnsafeBytes(of: storage) { bytes in
            let name = unsafe bytes[offset..<MemoryLayout<sockaddr_un>.size].prefix { $0 != 0 }
            return unsafe String(decoding: name, as: UTF8.self)
        }
    }

    private static func text<Address>(_ family: Int32, _ address: Address) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let text = unsafe withUnsafeBytes(of: address) { bytes in
                unsafe inet_ntop(family, bytes.baseAddress, buffer.baseAddress, 64)
            }
            return unsafe text.map { unsafe String(cString: $0) } ?? "?"
        }
    }
}
