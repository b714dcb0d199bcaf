import LarderCore

extension Configuration {
    /// `origins` as a file has them. Secrets are elsewhere, so all of it may be shown.
    var originLines: [String] {
        guard origins.isEmpty == false else { return [] }
        return ["origins:"]
            + origins.flatMap { origin in
                ["  \(origin.name):"] + Self.lines(of: origin).map { "    \($0)" }
            }
    }

    private static func lines(of origin: OriginConfiguration) -> [String] {
        var lines = ["\(origin.source.key): \(scalar(origin.source.text))"]
        if origin.replicas.isEmpty == false {
            lines.append("replicas: [\(origin.replicas.map(scalar).joined(separator: ", "))]")
        }
        lines += OriginFields.all.map { $0.line(of: origin) }
        if origin.headers.isEmpty == false {
            lines.append("headers:")
            lines += origin.headers.map { "  \(scalar($0.name)): \(scalar($0.fileText))" }
        }
        return lines
    }

    /// `namespaces` as a file has them.
    var namespaceLines: [String] {
        guard namespaces.isEmpty == false else { return [] }
        return ["namespaces:"]
            + namespaces.flatMap { namespace in
                Self.lines(of: namespace).enumerated().map {
                    ($0.offset == 0 ? "  - " : "    ") + $0.element
                }
            }
    }

    private static func lines(of namespace: NamespaceConfiguration) -> [String] {
        var lines = ["match: \(scalar(namespace.match.text))", "name: \(scalar(namespace.name))"]
        if let origin = namespace.origin {
            lines.append("origin:")
            lines += Self.lines(of: origin).map { "  \($0)" }
        }
        let fields = NamespaceFields.all.filter { field in
            let isDefaultWindow = field.name.hasPrefix("stale") && field.texts(namespace) == ["0s"]
            return NamespaceFields.isMeant(field.name, in: namespace) && isDefaultWindow == false
                && field.texts(namespace) != ["none"]
        }
        return lines + fields.map { $0.line(of: namespace) }
    }

    private static func lines(of origin: NamespaceOrigin) -> [String] {
        let queries = [
            ("get", origin.get), ("get-many", origin.getMany), ("set", origin.set),
            ("delete", origin.delete),
        ]
        var lines = ["use: \(scalar(origin.use))"]
        for case (let name, let query?) in queries {
            lines.append("\(name): \(scalar(query.text))")
        }
        if let tags = origin.tags { lines.append("tags: \(scalar(tags))") }
        if origin.cacheControl != .ignore {
            lines.append("cache-control: \(origin.cacheControl.rawValue)")
        }
        return lines
    }

    /// What a reload changes about the namespaces of `old`.
    public func namespaceChanges(from old: Configuration) -> NamedChanges {
        NamedChanges(
            from: old.namespaces.map { ($0.name, $0) }, to: namespaces.map { ($0.name, $0) })
    }

    /// What a reload changes about the origins of `old`.
    public func originChanges(from old: Configuration) -> NamedChanges {
        NamedChanges(from: old.origins.map { ($0.name, $0) }, to: origins.map { ($0.name, $0) })
    }
}

/// Names of what a reload adds, takes away and changes. What is not named stays as it is, although
/// its place in the list may be another one.
public struct NamedChanges: Sendable, Hashable {
    /// New ones.
    public private(set) var added: [String] = []
    /// Those that are gone.
    public private(set) var removed: [String] = []
    /// Those that mean something else now.
    public private(set) var changed: [String] = []

    init<Value: Hashable>(from old: [(String, Value)], to new: [(String, Value)]) {
        let before = Dictionary(old) { first, _ in first }
        let after = Set(new.map(\.0))
        for (name, value) in new {
            guard let known = before[name] else {
                added.append(name)
                continue
            }
            if known != value { changed.append(name) }
        }
        removed = old.map(\.0).filter { after.contains($0) == false }
    }
}
