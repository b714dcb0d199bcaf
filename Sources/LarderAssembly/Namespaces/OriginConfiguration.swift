/// An element of `origins`: a source of truth.
public struct OriginConfiguration: Sendable, Hashable {
    /// As namespaces, failures and metrics call it.
    public var name: String
    /// What it is.
    public var source: Source
    /// Others that have the same data, for reads: URLs or paths, as the source has one.
    public var replicas: [String] = []
    /// Most loads and writes at once. 64: more than most databases do well at once.
    public var limit = 64
    /// How long one may take. As long as a lease: what takes longer is lost.
    public var timeout = Duration.seconds(30)
    /// How long connecting may take: two packets may be lost.
    public var connectTimeout = Duration.seconds(3)
    /// What each request says beside what it must.
    public var headers: [OriginHeader] = []

    /// What kinds of origins there are.
    public enum Source: Sendable, Hashable {
        /// The URL before the templates, without a `/` at its end.
        case http(url: String)
        /// The path of the database.
        case sqlite(path: String)
        /// The URL of the database; no effect yet.
        case postgres(url: String)
    }

    /// Most origins, most replicas of each, and most headers.
    static let (countMax, replicaCountMax, headerCountMax) = (1000, 100, 100)

    /// The origin `source`, with the defaults.
    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }
}

extension OriginConfiguration.Source {
    /// Its key in the file.
    var key: String {
        switch self {
        case .http: "http"
        case .sqlite: "sqlite"
        case .postgres: "postgres"
        }
    }

    /// Its value in the file.
    var text: String {
        switch self {
        case .http(let text), .sqlite(let text), .postgres(let text): text
        }
    }

    static let keys = ["http", "sqlite", "postgres"]

    /// The source that the file has under `key`.
    ///
    /// - Throws: What is wrong with `text`. It does not quote what may hold a password.
    static func reading(_ key: String, _ text: String) throws(OriginTextError) -> Self {
        let text = try OriginText.checked(text, for: key)
        return switch key {
        case "http": .http(url: text)
        case "sqlite": .sqlite(path: text)
        default: .postgres(url: text)
        }
    }
}

/// What is wrong with a URL or path, in a sentence.
struct OriginTextError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// URLs and paths of origins.
enum OriginText {
    /// `text` as it is kept for an origin of the kind `key`.
    static func checked(_ text: String, for key: String) throws(OriginTextError) -> String {
        guard text.isEmpty == false, text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw OriginTextError("\(key) is empty, or has control characters; \(form(of: key))")
        }
        guard key != "sqlite" else { return text }
        let schemes = key == "http" ? ["http://", "https://"] : ["postgresql://", "postgres://"]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) }) else {
            throw OriginTextError("\(key) is no such URL; \(form(of: key))")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { "/?#".contains($0) == false }
        try checkSecrets(authority, rest, key)
        guard authority.isEmpty == false, rest.contains(" ") == false else {
            throw OriginTextError("\(key) names no host, or has blanks; \(form(of: key))")
        }
        guard key == "http" else { return text }
        guard rest.contains("?") == false, rest.contains("#") == false else {
            throw OriginTextError("\(key) has a query, which stands in 'get'; \(form(of: key))")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func checkSecrets(
        _ authority: Substring, _ rest: Substring, _ key: String
    ) throws(OriginTextError) {
        let user = authority.lastIndex(of: "@").map { authority[..<$0] }
        let hasPassword = user?.contains(":") ?? false
        guard key == "http" ? user != nil : hasPassword || rest.contains("password=") else {
            return
        }
        let remedy =
            key == "http"
            ? "'headers: { Authorization: env:NAME }' has it, or file:PATH"
            : "the user alone does, as in postgresql://app@db/shop"
        throw OriginTextError("\(key) has a login in its URL, which does not stand here; \(remedy)")
    }

    private static func form(of key: String) -> String {
        switch key {
        case "http": "it is a URL such as http://pricing.internal/v1"
        case "sqlite": "it is the path of a database, such as shop.db"
        default: "it is a URL such as postgresql://app@db/shop"
        }
    }
}
