/// Why the runtime could not start. The text names the address and the cause.
public enum RuntimeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address is no numeric IPv4 or IPv6 address.
    case notAnAddress(String)
    /// The system refused; `cause` is its text.
    case cannotListen(on: String, cause: String)
    /// The path of a unix socket is longer than the system allows.
    case pathTooLong(String, limit: Int)
    /// A value of the configuration is out of range.
    case invalid(field: String, reason: String)
    /// The system gave no event loop, descriptor or thread.
    case cannotStart(what: String, cause: String)

    /// One line for a log or a terminal.
    public var description: String {
        switch self {
        case .notAnAddress(let text):
            "cannot listen on \(text): not a numeric IPv4 or IPv6 address"
        case .cannotListen(let address, let cause):
            "cannot listen on \(address): \(cause)"
        case .pathTooLong(let path, let limit):
            "cannot listen on unix:\(path): the path is longer than \(limit) bytes"
        case .invalid(let field, let reason):
            "\(field): \(reason)"
        case .cannotStart(let what, let cause):
            "cannot start \(what): \(cause)"
        }
    }
}
