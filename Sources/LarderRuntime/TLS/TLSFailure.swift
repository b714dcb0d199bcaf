/// Why certificates cannot be used: the file and the reason.
public struct TLSFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The setting that names the file: `certificate`, `key`, `ca`; empty for none.
    public let setting: String
    /// The file.
    public let file: String?
    /// A sentence.
    public let description: String

    init(_ setting: String, file: String? = nil, _ description: String) {
        self.setting = setting
        self.file = file
        self.description = description
    }
}

/// What clients may not like about a certificate, in a sentence.
public struct CertificateWarning: Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The sentence.
    public let description: String
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
