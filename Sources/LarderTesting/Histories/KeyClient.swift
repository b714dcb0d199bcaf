/// One request about one key, as it goes over the wire.
package struct KeyRequest: Sendable {
    package var key: String
    package var command: KeyCommand
    /// The lifetime that is sent; the command's own says what may come of it.
    package var milliseconds: Int?
}

/// A connection on which one request follows the other.
protocol KeyClient: ~Copyable {
    mutating func reply(to request: KeyRequest) throws(SocketFault) -> KeyOutcome
    /// Stores a value that nobody records, to use up memory.
    mutating func fill(_ key: String, byteCount: Int) throws(SocketFault)
}
