public import LarderTrace

/// Why a simulation cannot be carried out.
public enum SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The trace cannot be read.
    case trace(TraceError)
    /// The size is none.
    case size(String, String)
    /// The trace has no requests.
    case empty(path: String)
    /// The policy looks ahead, and the trace does not say when its objects are asked for again.
    case knowsNoFuture(policy: String, path: String)

    /// One sentence for the user: what is wrong and what would be right.
    public var description: String {
        switch self {
        case .trace(let error): error.description
        case .size(let text, let why): "size '\(text)': \(why)"
        case .empty(let path): "\(path): the trace has no requests"
        case .knowsNoFuture(let policy, let path):
            "\(path): the trace does not say when objects are asked for again, which \(policy) "
                + "needs; traces in oracleGeneral's records do"
        }
    }
}
