/// Where clients may connect, and what the server calls them.
public struct ListenerConfiguration: Sendable, Hashable {
    /// A place to listen on.
    public enum Endpoint: Sendable, Hashable {
        /// A numeric IPv4 or IPv6 address; port 0 takes a free port.
        case tcp(address: String, port: UInt16)
        /// A socket file with these permission bits, for example `0o770`.
        case unix(path: String, mode: UInt32)
    }

    /// The place.
    public var endpoint: Endpoint
    /// Handed to the handler with each connection: which protocol is spoken here.
    public var tag: Int
    /// Whether clients speak TLS here. The group then has an identity.
    public var usesTLS = false
    /// Connections that wait for `accept`. 511, as redis has it; the system may have a lower bound.
    public var backlog: Int32 = 511

    /// A listener on `endpoint`, whose connections carry `tag`.
    public init(_ endpoint: Endpoint, tag: Int) {
        self.endpoint = endpoint
        self.tag = tag
    }
}

extension ListenerConfiguration.Endpoint: CustomStringConvertible {
    /// `127.0.0.1:5273`, `[::1]:5273` or `unix:/run/larder.sock`.
    public var description: String {
        switch self {
        case .tcp(let address, let port):
            address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .unix(let path, _): "unix:\(path)"
        }
    }
}
