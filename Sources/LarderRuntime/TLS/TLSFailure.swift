/// Why certificates cannot be used: the file and the reason.
public struct TLSFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The setting that names the file: `certificate`, `key`, `ca`; empty for none.
    public let setting: String
    /// A sentence.
    public let description: String

    init(_ setting: String, _ description: String) {
        self.setting = setting
        self.description = description
    }
}

/// A connection to a TLS listener that did not come about.
public struct HandshakeFailure: Sendable {
    /// What went wrong.
    public enum Cause: Sendable, Hashable {
        /// The client does not speak TLS.
        case plaintext
        /// The client took too long.
        case slow
        /// There were too many at once, and this was the oldest.
        case displaced
        /// The two did not agree; the reason.
        case refused(String)
    }

    /// What went wrong.
    public let cause: Cause
    /// Who it was.
    public let address: SocketAddress
}
