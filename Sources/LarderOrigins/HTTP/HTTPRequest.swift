import LarderCore

/// One request, ready to be sent.
struct HTTPRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case put = "PUT"
        case delete = "DELETE"
    }

    var method: Method
    var address: String
    /// Whole lines. Some of them are secret.
    var headers: [String]
    var body: [UInt8] = []
    /// When it must have ended.
    var deadline: Tick
}

/// How a request ended.
enum HTTPResult: Sendable {
    case answered(HTTPAnswer)
    case failed(HTTPFailure)
}

/// A whole answer.
struct HTTPAnswer: Sendable {
    var status: Int
    var head: HTTPHead
    var body: [UInt8]
    /// Where the answer sends us, as a whole address.
    var redirect: String?
}

/// Why there is none.
struct HTTPFailure: Error, Hashable, Sendable {
    var cause: SourceFailure.Cause
    /// What happened, without header values and addresses.
    var detail: String
    /// Whether the server may have seen the request.
    var wasSent: Bool
    /// Whether it says something about the server's health.
    var isServers = true
}
