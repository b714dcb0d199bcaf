import CSocket
import Glibc

/// Who an address belongs to, for counting: an IPv4 host, or the half of an IPv6 address that one
/// customer has. All clients of unix sockets are one.
public struct NetworkAddress: Hashable, Sendable, BitwiseCopyable {
    private let high: UInt64
    private let low: UInt64

    /// Some network, told apart from others by its number.
    package init(forTesting number: UInt64) {
        (high, low) = (.max, number)
    }

    /// The network of an address.
    public init(_ address: SocketAddress) {
        let bytes = unsafe withUnsafeBytes(of: address.storage) { unsafe Array($0) }
        func word(at offset: Int, count: Int) -> UInt64 {
            bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
        }
        switch Int32(address.storage.ss_family) {
        case AF_INET:
            (high, low) = (0, word(at: 4, count: 4))
        case AF_INET6:
            let isMapped = word(at: 8, count: 8) == 0 && word(at: 16, count: 4) == 0xFFFF
            (high, low) = isMapped ? (0, word(at: 20, count: 4)) : (word(at: 8, count: 8), 0)
        default: (high, low) = (.max, .max)
        }
    }
}
