/// How an HTTP service is reached, and what it is trusted with.
public struct HTTPConfiguration: Hashable, Sendable {
    /// Which version of HTTP is spoken.
    public enum Version: Hashable, Sendable {
        /// HTTP/2 over TLS if the server offers it, else HTTP/1.1.
        case automatic
        case http1
    }

    /// Where writes go, and reads after them: `https://host:port/prefix`.
    public var primary: String
    /// Where else reads may go.
    public var replicas: [String] = []
    /// Which version of HTTP is spoken.
    public var version = Version.automatic

    /// Longest wait for a connection. A second is three lost packets on a near network.
    public var connectTimeout: Duration = .seconds(1)
    /// Longest time for a request, from the call to its last byte, redirects included. The
    /// hierarchy's own limit is shorter as a rule.
    public var timeout: Duration = .seconds(5)
    /// Largest value, decompressed. 16 MiB is more than a page or a record is.
    public var valueBytesMax = 16 << 20
    /// Largest head of an answer. Servers' own limits are 8 to 64 KiB.
    public var headerBytesMax = 64 << 10
    /// Longest address. Servers refuse more than about 8 KiB.
    public var addressBytesMax = 8 << 10
    /// Requests at once; one more is refused as `overloaded`.
    public var requestsMax = 1_024
    /// Connections that are kept while nobody uses them.
    public var idleConnectionsMax = 64

    /// How many redirects a load follows. None: an origin that moved is a mistake that one wants
    /// to hear of.
    public var redirectsMax = 0
    /// Whether redirects may lead to another host or port, or from http to https. The configured
    /// headers do not go there.
    public var mayRedirectElsewhere = false

    /// File of the authorities whose certificates are believed, in place of the system's.
    public var authorities: String?
    /// File of the certificate that we show.
    public var certificate: String?
    /// File of its key.
    public var key: String?
    /// Sent with every request.
    public var headers: [HTTPHeader] = []
    /// Of what is written.
    public var contentType = "application/octet-stream"

    /// Whether Cache-Control decides over TTL and stale windows. If not, the namespace does.
    public var respectsCacheControl = false
    /// The header that names an answer's tags, divided by blanks; `nil` for none.
    public var tagHeader: String? = "Surrogate-Key"
    /// Whether an answer may end with its connection. Such a one that broke off looks complete.
    public var acceptsUndelimited = false

    /// How long after a write or an invalidation a key is loaded from the primary. Longer than
    /// replicas lag behind; they are back within a second as a rule.
    public var primaryAfterWrite: Duration = .seconds(5)

    /// A service without replicas.
    public init(primary: String) {
        self.primary = primary
    }

    /// Checks what would fail at the first request.
    public func validate() throws(OriginConfigurationError) {
        for base in [primary] + replicas { _ = try HTTPBase(base) }
        let bounds = [
            ("valueBytesMax", valueBytesMax), ("headerBytesMax", headerBytesMax),
            ("addressBytesMax", addressBytesMax), ("requestsMax", requestsMax),
            ("idleConnectionsMax", idleConnectionsMax),
        ]
        for (field, value) in bounds where value < 1 || value > Int(Int32.max) {
            throw .init(field: field, problem: "\(value) is not from 1 to \(Int32.max)")
        }
        let times = [("connectTimeout", connectTimeout), ("timeout", timeout)]
        for (field, time) in times where time < .milliseconds(1) || time > .seconds(3_600) {
            throw .init(field: field, problem: "must be from 1ms to 1h")
        }
        guard primaryAfterWrite >= .zero, primaryAfterWrite <= .seconds(3_600) else {
            throw .init(field: "primaryAfterWrite", problem: "must be from 0 to 1h")
        }
        guard (0...20).contains(redirectsMax) else {
            throw .init(field: "redirectsMax", problem: "\(redirectsMax) is not from 0 to 20")
        }
        for header in headers + [HTTPHeader("Content-Type", contentType)]
        where !header.isWellFormed {
            throw .init(field: "headers", problem: "'\(header.name)' cannot be sent")
        }
        if (certificate == nil) != (key == nil) {
            throw .init(field: "certificate", problem: "certificate and key go together")
        }
    }
}
