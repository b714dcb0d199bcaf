import LarderCore

/// `origin` of a namespace.
extension ConfigurationReader {
    private static let useExample =
        "{ use: catalog, get: \"SELECT body FROM products WHERE id = {id}\" }"

    mutating func readUse(
        _ entry: YAMLNode.Entry, into namespace: inout NamespaceConfiguration, of file: String
    ) {
        let place = ConfigurationSource.file(name: file, position: entry.position)
        guard case .mapping(let entries) = entry.value.content else {
            return report("origin is keys with values, such as \(Self.useExample)", place)
        }
        let before = problems.count
        var raw = UseText()
        let left = read(
            entries, UseText.fields, others: UseText.queries, of: "a namespace's origin",
            into: &raw, in: file)
        guard raw.use.isEmpty == false else {
            return report("an origin is named by 'use', such as \(Self.useExample)", place)
        }
        guard let origin = configuration.origins.first(where: { $0.name == raw.use }) else {
            let given = entries.first { $0.key == "use" }?.value ?? entry.value
            return reportUnknownOrigin(raw.use, at: given, of: file)
        }
        guard let get = left["get"] else {
            // Perhaps it was written wrong, which was told.
            guard problems.count == before else { return }
            return report("an origin is asked by 'get', such as \(Self.useExample)", place)
        }
        guard let get = query(get, origin, namespace.match, of: file) else { return }
        var use = NamespaceOrigin(use: raw.use, get: get)
        use.tags = raw.tags
        use.cacheControl = raw.cacheControl
        use.getMany = left["get-many"].flatMap { query($0, origin, namespace.match, of: file) }
        use.set = left["set"].flatMap { query($0, origin, namespace.match, of: file) }
        use.delete = left["delete"].flatMap { query($0, origin, namespace.match, of: file) }
        if use.cacheControl == .follow, origin.isSQL {
            report("cache-control is for origins with 'http'", place)
        }
        if use.getMany != nil, origin.isSQL == false {
            report("get-many is for origins with 'sqlite'", place)
        }
        namespace.origin = use
    }

    private mutating func reportUnknownOrigin(_ name: String, at node: YAMLNode, of file: String) {
        // What is wrong with an origin was told; it is there all the same.
        guard originNames.contains(name) == false else { return }
        let names = originNames.sorted()
        let meant = Suggestion.nearest(to: name, in: names).map { "did you mean '\($0)'?" }
        let known =
            names.isEmpty
            ? "there are none; add 'origins: { \(name.clipped): { sqlite: shop.db } }'"
            : "there is \(names.prefix(10).joined(separator: ", "))"
        report("there is no origin '\(name.clipped)'; \(meant ?? known)", at: node, of: file)
    }

    private mutating func query(
        _ entry: YAMLNode.Entry, _ origin: OriginConfiguration, _ pattern: KeyPattern,
        of file: String
    ) -> QueryTemplate? {
        guard let text = text(of: entry, form: "a query", in: file) else { return nil }
        let isSet = entry.key == "set"
        let names = pattern.captureNames
        guard isSet == false || names.contains(QueryTemplate.valueName) == false else {
            report(
                "'{value}' in a 'set' is what is written; call the capture otherwise",
                at: entry.value, of: file)
            return nil
        }
        do throws(TextFormError) {
            let query = try origin.query(text, captures: names, takesValue: isSet)
            if isSet, origin.isSQL, query.takesValue == false {
                report("set writes no {value}", at: entry.value, of: file)
            }
            // Otherwise all keys of the namespace would have one value.
            if query.captures.isEmpty, names.isEmpty == false {
                let known = names.map { "{\($0)}" }.joined(separator: ", ")
                report(
                    "\(entry.key) asks the same for all keys; it has none of \(known)",
                    at: entry.value, of: file)
            }
            return query
        } catch {
            report("\(entry.key): \(error)", at: entry.value, of: file)
            return nil
        }
    }
}

/// The keys of a namespace's origin before the queries are read, whose form depends on the origin.
private struct UseText: Sendable {
    var use = ""
    var tags: String?
    var cacheControl = NamespaceOrigin.CacheControl.ignore

    static let queries = ["get", "get-many", "set", "delete"]
    static let fields: [Field<UseText>] = [
        Field("use", \.use, .originName),
        Field("tags", \.tags, .optional(.originName, nilAs: "none")),
        Field("cache-control", \.cacheControl, .name()),
    ]
}

extension Form where Value == String {
    fileprivate static let originName = Form(
        "it is a name such as catalog",
        read: { ConfigurationName.isRight($0) ? $0 : nil }, write: { $0 })
}

extension OriginConfiguration {
    var isSQL: Bool {
        if case .http = source { false } else { true }
    }

    fileprivate func query(
        _ text: String, captures: [String], takesValue: Bool
    ) throws(TextFormError) -> QueryTemplate {
        switch source {
        case .http: try QueryTemplate(url: text, captures: captures)
        case .sqlite:
            try QueryTemplate(
                sql: text, dialect: .sqlite, captures: captures, takesValue: takesValue)
        case .postgres:
            try QueryTemplate(
                sql: text, dialect: .postgres, captures: captures, takesValue: takesValue)
        }
    }
}
