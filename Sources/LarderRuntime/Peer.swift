/// A connection's name: unique while the process lives.
public struct ConnectionID: Hashable, Sendable, BitwiseCopyable {
    /// Counts up from 1 over all loops. What clients see as their id.
    public let serial: UInt64
    /// Loop that owns the connection.
    public let loop: UInt16
    /// Place in the loop's table. Places are used again, serials are not.
    let slot: UInt32

    /// The place in the loop's table: small numbers, used again when the connection is over.
    public var place: Int { Int(slot) }
}

/// Who is at the other end of a connection.
public struct Peer: Sendable {
    /// The connection's name.
    public let id: ConnectionID
    /// Tag of the listener it came through.
    public let tag: Int
    /// Where it came from.
    public let address: SocketAddress
    /// Its descriptor, for a log or `CLIENT LIST`; not for reading or writing.
    public let descriptor: Int32
    /// Whom its certificate names, by the common name or else the first alternative one; nil without
    /// a certificate. OpenSSL has checked it.
    public let certificateName: String?
    /// What others may know of its buffers; nil for who is refused at the door.
    public internal(set) var gauge: ConnectionGauge?

    /// Where it was accepted: for a listener on all addresses, the one that the client used.
    public var localAddress: SocketAddress { Sockets.localAddress(of: descriptor) }
}
