import LarderAssembly
import LarderCore
import LarderTesting

/// A script that is an origin, and servers that load from it.
final class PageServer: Sendable {
    private let script: ServerScript

    var port: Int { script.port }

    init() throws { script = try ServerScript() }

    /// What it has counted under `name` so far, asked through a client of `fixture`.
    func count(of name: String, _ client: TestClient) throws -> Int {
        let text = try client.ask("GET", "counts:all").split(separator: "\r\n").last ?? ""
        let pair = text.split(separator: " ").first { $0.hasPrefix(name + "=") }
        return pair.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }

    /// A server whose keys `page:{id}` come from `path` of the script, and `counts:all`.
    func fixture(
        _ path: String, _ change: (inout NamespaceConfiguration) -> Void = { _ in }
    ) throws -> ServerFixture {
        var namespace = NamespaceConfiguration(
            name: "pages", match: try KeyPattern(parsing: "page:{id}"))
        namespace.origin = NamespaceOrigin(
            use: "script", get: try QueryTemplate(url: path, captures: ["id"]))
        namespace.ttl = .seconds(3600)
        (namespace.earlyRefresh, namespace.refreshAt, namespace.wait) = (0, nil, .seconds(60))
        change(&namespace)
        var counts = NamespaceConfiguration(
            name: "counts", match: try KeyPattern(parsing: "counts:{all}"))
        counts.origin = NamespaceOrigin(
            use: "script", get: try QueryTemplate(url: "/counts?{all}", captures: ["all"]))
        counts.caching = .never
        return try ServerFixture { [namespace, counts] configuration in
            configuration.namespaces = [namespace, counts]
            configuration.origins = [
                OriginConfiguration(
                    name: "script", source: .http(url: "http://127.0.0.1:\(port)"))
            ]
        }
    }
}
