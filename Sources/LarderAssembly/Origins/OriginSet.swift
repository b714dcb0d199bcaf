public import LarderCore
import LarderOrigins

/// The origins of a configuration, each as its namespaces see it.
public struct OriginSet: Sendable {
    /// An origin as one namespace sees it.
    public struct Binding: Sendable {
        /// The namespace's place in the configuration.
        public let namespace: Int
        /// Answers for the namespace's keys.
        public let origin: any Origin
        /// Keys that one question may be about.
        public let batchMax: Int

        /// What answers for the keys of the namespace at `namespace`, `batchMax` at a time.
        public init(namespace: Int, origin: any Origin, batchMax: Int) {
            (self.namespace, self.origin, self.batchMax) = (namespace, origin, batchMax)
        }
    }

    /// Keys in one question where the origin can answer for many: a page of results.
    private static let batchMax = 128

    /// The bindings of each origin that a namespace uses, by its name.
    public let bindings: [String: [Binding]]

    /// Levels between memory and each origin, by its name, the nearest first.
    public let levels: [String: [any Level]]

    /// Origins, and levels above them, that were made elsewhere, by the origins' names.
    public init(bindings: [String: [Binding]], levels: [String: [any Level]] = [:]) {
        (self.bindings, self.levels) = (bindings, levels)
    }

    /// Starts the threads of all origins that namespaces use. Nothing is connected yet.
    ///
    /// - Throws: `ConfigurationError` that names the origin, and what is wrong.
    public init(_ configuration: Configuration) throws(ConfigurationError) {
        var maker = OriginMaker(configuration)
        var bindings: [String: [Binding]] = [:]
        for (number, namespace) in configuration.namespaces.enumerated() {
            guard let use = namespace.origin,
                let origin = configuration.origins.first(where: { $0.name == use.use })
            else { continue }
            let bound: any Origin
            do throws(OriginConfigurationError) {
                bound = try maker.origin(origin, for: namespace, use)
            } catch {
                throw ConfigurationError(
                    field: "origins.\(origin.name)", message: error.description)
            }
            let isBatched = use.getMany != nil
            bindings[origin.name, default: []].append(
                Binding(
                    namespace: number, origin: bound, batchMax: isBatched ? Self.batchMax : 1))
        }
        self.bindings = bindings
        levels = [:]
    }
}

/// Makes origins; namespaces that want the same of one share its connections.
private struct OriginMaker {
    /// What of a namespace concerns a whole service.
    private struct ServiceKey: Hashable {
        let origin: String
        let followsCacheControl: Bool
        let tags: String?
    }

    /// 128 MiB: what a client may wait for in one piece.
    private static let valueBytesMax = 128 << 20

    private let valueBytesMax: Int
    private var services: [ServiceKey: HTTPService] = [:]
    private var databases: [String: SQLiteDatabase] = [:]

    init(_ configuration: Configuration) {
        // What is larger is not stored; a client that asks for it is told so.
        valueBytesMax = configuration.memory.maxValueBytes ?? Self.valueBytesMax
    }

    mutating func origin(
        _ configuration: OriginConfiguration, for namespace: NamespaceConfiguration,
        _ use: NamespaceOrigin
    ) throws(OriginConfigurationError) -> any Origin {
        switch configuration.source {
        case .http(let url):
            let service = try service(configuration, url, use)
            return HTTPOrigin(service, Self.paths(namespace.match, use))
        case .sqlite(let path):
            let database = try database(configuration, path)
            return SQLiteOrigin(database, Self.queries(namespace.match, use))
        case .postgres:
            throw OriginConfigurationError(
                field: "postgres", problem: "has no effect yet; sqlite and http have")
        }
    }

    private mutating func service(
        _ configuration: OriginConfiguration, _ url: String, _ use: NamespaceOrigin
    ) throws(OriginConfigurationError) -> HTTPService {
        let follows = use.cacheControl == .follow
        let key = ServiceKey(
            origin: configuration.name, followsCacheControl: follows, tags: use.tags)
        if let service = services[key] { return service }
        var http = HTTPConfiguration(primary: url)
        http.replicas = configuration.replicas
        http.timeout = configuration.timeout
        http.connectTimeout = configuration.connectTimeout
        http.respectsCacheControl = follows
        if let tags = use.tags { http.tagHeader = tags }
        http.valueBytesMax = valueBytesMax
        for header in configuration.headers {
            do {
                http.headers.append(HTTPHeader(header.name, try header.value()))
            } catch {
                throw OriginConfigurationError(field: header.name, problem: "\(error)")
            }
        }
        let service = try HTTPService(name: configuration.name, http)
        services[key] = service
        return service
    }

    private mutating func database(
        _ configuration: OriginConfiguration, _ path: String
    ) throws(OriginConfigurationError) -> SQLiteDatabase {
        if let database = databases[configuration.name] { return database }
        var sqlite = SQLiteConfiguration(path: path)
        sqlite.timeout = configuration.timeout
        sqlite.valueBytesMax = valueBytesMax
        let database = try SQLiteDatabase(name: configuration.name, sqlite)
        databases[configuration.name] = database
        return database
    }

    private static func paths(_ pattern: KeyPattern, _ use: NamespaceOrigin) -> HTTPPaths {
        HTTPPaths(
            get: path(use.get, pattern), put: use.set.map { path($0, pattern) },
            delete: use.delete.map { path($0, pattern) })
    }

    private static func path(
        _ template: QueryTemplate, _ pattern: KeyPattern
    ) -> HTTPPaths.Path {
        { key throws(KeyRefusal) in
            let parts = try parts(of: key, pattern)
            guard let path = template.percentEncoded(parts: parts) else {
                throw KeyRefusal("a part is '.' or '..', which leads elsewhere in a path")
            }
            return String(decoding: path, as: UTF8.self)
        }
    }

    private static func queries(_ pattern: KeyPattern, _ use: NamespaceOrigin) -> SQLiteQueries {
        let count = pattern.captureNames.count
        var queries = SQLiteQueries(get: use.get.numbered(captureCount: count)) {
            key throws(KeyRefusal) in try parts(of: key, pattern)
        }
        queries.getMany = use.getMany?.numbered(captureCount: count)
        queries.set = use.set?.numbered(captureCount: count)
        queries.delete = use.delete?.numbered(captureCount: count)
        queries.tagColumn = use.tags
        return queries
    }

    private static func parts(
        of key: Key, _ pattern: KeyPattern
    ) throws(KeyRefusal) -> [[UInt8]] {
        guard let parts = pattern.parts(of: key.bytes) else {
            throw KeyRefusal("the key is none of this namespace")
        }
        return parts
    }
}

extension QueryTemplate {
    /// The statement with a number for each capture, from 1 on, and the next one for the value.
    fileprivate func numbered(captureCount: Int) -> String {
        var text: [UInt8] = []
        for segment in segments {
            switch segment {
            case .literal(let bytes): text += bytes
            case .parameter(.capture(let number)): text += Array("?\(number + 1)".utf8)
            case .parameter(.value): text += Array("?\(captureCount + 1)".utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
