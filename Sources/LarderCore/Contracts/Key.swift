/// What an entry is stored under: the client's bytes, in one of the databases.
public struct Key: Hashable, Sendable {
    /// Databases are separate key spaces; namespaces and origins exist in database 0 only.
    public let database: UInt32
    /// As the client sent them.
    public let bytes: [UInt8]

    /// The key `bytes` of `database`.
    public init(_ bytes: [UInt8], database: UInt32 = 0) {
        self.bytes = bytes
        self.database = database
    }
}
