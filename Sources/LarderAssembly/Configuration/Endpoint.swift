import Glibc

/// An address to listen on.
public enum Endpoint: Sendable, Hashable {
    /// An IP address and a port; port 0 lets the system choose.
    case tcp(host: String, port: UInt16)
    /// A socket in the file system.
    case unix(path: String)

    /// Longest path of a unix socket: `sun_path` has 108 bytes with the zero.
    static let pathByteCountMax = 107

    /// Reads `127.0.0.1:5273`, `[::1]:5273`, `localhost:5273` or `unix:/run/larder.sock`.
    ///
    /// Names other than `localhost` are refused: what they resolve to may change, and with it who
    /// can reach the server.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.isEmpty == false, path.utf8.count <= Self.pathByteCountMax else {
                return nil
            }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits),
            let host = Self.host(text[..<colon])
        else { return nil }
        self = .tcp(host: host, port: port)
    }

    private static func host(_ text: Substring) -> String? {
        if text == "localhost" { return "127.0.0.1" }
        if text.hasPrefix("["), text.hasSuffix("]") {
            let host = String(text.dropFirst().dropLast())
            return isAddress(host, family: AF_INET6) ? host : nil
        }
        return isAddress(String(text), family: AF_INET) ? String(text) : nil
    }

    private static func isAddress(_ host: String, family: Int32) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(family, host, &address) == 1
    }

    /// Whether it means one address; with port 0 the system chooses, each time another one.
    var isFixed: Bool {
        if case .tcp(_, port: 0) = self { false } else { true }
    }

    /// Whether only programs on this machine can reach it.
    public var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): host.hasPrefix("127.") || Self.isLoopback6(host)
        }
    }

    private static func isLoopback6(_ host: String) -> Bool {
        var address = in6_addr()
        guard unsafe inet_pton(AF_INET6, host, &address) == 1 else { return false }
        return unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 }
        }
    }
}

extension Endpoint: CustomStringConvertible {
    /// The address as `init` reads it.
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
