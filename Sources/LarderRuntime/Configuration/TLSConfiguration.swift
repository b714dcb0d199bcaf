/// Whose word a server has over TLS, and whom it asks for theirs.
public struct TLSConfiguration: Sendable, Hashable {
    /// What is asked of clients.
    public enum ClientCertificates: String, Sendable, Hashable, CaseIterable {
        /// Nothing: who they are, passwords tell.
        case off
        /// Who comes with a certificate must come with a good one.
        case optional
        /// Nobody comes in without a good one.
        case required
    }

    /// PEM files, each with a certificate and those that lead to its root. The first is shown to
    /// clients who ask for no name, or for one that none of them has.
    public var certificates: [String] = []
    /// PEM files with the keys, in the order of the certificates.
    public var keys: [String] = []
    /// PEM file with the roots of clients' certificates.
    public var authorities: String?
    /// What is asked of clients. Off, since most programs know passwords only.
    public var clientCertificates = ClientCertificates.off

    /// Nothing set: no TLS.
    public init() {}

    /// All files.
    public var files: [String] { certificates + keys + (authorities.map { [$0] } ?? []) }
}
