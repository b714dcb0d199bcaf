/// Where the server listens.
struct ReplayAddress: Hashable, Sendable, CustomStringConvertible {
    let host: String
    let port: UInt16

    /// `HOST:PORT`, or `[IPV6]:PORT`.
    init(parsing text: String) throws(CommandFailure) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else {
            throw .usage("--to is '\(text)', but must be HOST:PORT, for example 127.0.0.1:5273")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else {
            throw .usage("--to is '\(text)', but has no host; write 127.0.0.1:\(port)")
        }
        self.host = String(host)
        self.port = port
    }

    var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
