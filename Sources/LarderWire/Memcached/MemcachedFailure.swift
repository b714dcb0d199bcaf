public import LarderCore

/// Why a memcached command is refused. The client gets the text, and its connection goes on.
public enum MemcachedFailure: Hashable, Sendable {
    /// An unknown command, or one with a wrong number of words.
    case unknownCommand
    /// A number that is none, or a key above 250 bytes.
    case badFormat
    /// `delete` with more than a key.
    case badDelete
    /// A time that is no number.
    case invalidExpiry
    /// A step of `incr` or `decr` that is no number.
    case invalidDelta
    /// A meta command with more than 17 words behind the key.
    case tooManyFlags
    /// The same of `mg`, which says it in other words.
    case tooManyGetFlags
    /// A value that does not end with CRLF. Of `ms`, `arguments` holds the words.
    case badDataChunk
    /// A value above `MemcachedLimits.valueBytesMax`. `arguments[0]` is the key: a `set` or `ms`
    /// removes it.
    case valueTooLarge

    /// The reply, without its line end.
    public var text: StaticString {
        switch self {
        case .unknownCommand: "ERROR"
        case .badFormat: "CLIENT_ERROR bad command line format"
        case .badDelete:
            "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]"
        case .invalidExpiry: "CLIENT_ERROR invalid exptime argument"
        case .invalidDelta: "CLIENT_ERROR invalid numeric delta argument"
        case .tooManyFlags: "CLIENT_ERROR options flags too long"
        case .tooManyGetFlags: "CLIENT_ERROR options flags are too long"
        case .badDataChunk: "CLIENT_ERROR bad data chunk"
        case .valueTooLarge: "SERVER_ERROR object too large for cache"
        }
    }

    /// Appends the reply.
    public func append(to output: inout OutputBuffer) {
        output.append(text)
        output.append("\r\n")
    }
}
