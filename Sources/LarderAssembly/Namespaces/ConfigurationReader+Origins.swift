/// `origins`: names with mappings, which only the file can give.
extension ConfigurationReader {
    private static let originExample = "catalog: { sqlite: shop.db }"

    mutating func readOrigins(_ node: YAMLNode, of file: String) {
        configuration.origins = []
        guard let entries = mapping(node, "origins are names with keys", Self.originExample, file)
        else { return }
        guard entries.count <= OriginConfiguration.countMax else {
            return report(
                "origins are at most \(OriginConfiguration.countMax)", at: node, of: file)
        }
        for entry in entries {
            originNames.insert(entry.key)
            if let origin = readOrigin(entry, of: file) { configuration.origins.append(origin) }
        }
    }

    /// The entries of a mapping; nil when it is empty, or none, which is reported.
    mutating func mapping(
        _ node: YAMLNode, _ what: String, _ example: String, _ file: String
    ) -> [YAMLNode.Entry]? {
        switch node.content {
        case .mapping(let entries): return entries
        case .empty: return nil
        default:
            report("\(what), such as \(example)", .file(name: file, position: node.position))
            return nil
        }
    }

    private mutating func readOrigin(
        _ entry: YAMLNode.Entry, of file: String
    ) -> OriginConfiguration? {
        let place = ConfigurationSource.file(name: file, position: entry.position)
        guard ConfigurationName.isRight(entry.key) else {
            report("'\(entry.key.clipped)' is no name; \(ConfigurationName.form)", place)
            return nil
        }
        guard case .mapping(let entries) = entry.value.content else {
            report("an origin is keys with values, such as \(Self.originExample)", place)
            return nil
        }
        let before = problems.count
        var origin = OriginConfiguration(name: entry.key, source: .sqlite(path: ""))
        let left = read(
            entries, OriginFields.all, others: OriginFields.others, of: "an origin",
            into: &origin, in: file)
        let kinds = OriginConfiguration.Source.keys.filter { left[$0] != nil }
        guard kinds.count == 1, let kind = kinds.first, let given = left[kind] else {
            report("origin '\(entry.key)' is one of http: URL, sqlite: PATH, postgres: URL", place)
            return nil
        }
        readSource(given, into: &origin, of: file)
        if let replicas = left["replicas"] {
            readReplicas(replicas.value, kind, into: &origin, of: file)
        }
        if let headers = left["headers"] { readHeaders(headers, kind, into: &origin, of: file) }
        return problems.count == before ? origin : nil
    }

    private mutating func readSource(
        _ entry: YAMLNode.Entry, into origin: inout OriginConfiguration, of file: String
    ) {
        guard let text = text(of: entry, form: "the place of the origin", in: file) else { return }
        do throws(OriginTextError) {
            origin.source = try .reading(entry.key, text)
        } catch { report(error.message, at: entry.value, of: file) }
        guard entry.key == "postgres" else { return }
        warnNoEffect(
            of: "origins.\(origin.name).postgres",
            at: .file(name: file, position: entry.position))
    }

    private mutating func readReplicas(
        _ node: YAMLNode, _ kind: String, into origin: inout OriginConfiguration, of file: String
    ) {
        guard case .sequence(let nodes) = node.content,
            nodes.count <= OriginConfiguration.replicaCountMax
        else {
            let most = OriginConfiguration.replicaCountMax
            return report("replicas is a list of at most \(most)", at: node, of: file)
        }
        for node in nodes {
            guard case .scalar(let text) = node.content else {
                report("a replica is written like the origin", at: node, of: file)
                continue
            }
            do throws(OriginTextError) {
                let replica = try OriginText.checked(text, for: kind)
                guard replica != origin.source.text, origin.replicas.contains(replica) == false
                else { throw OriginTextError("this stands above already") }
                origin.replicas.append(replica)
            } catch { report("replicas: \(error.message)", at: node, of: file) }
        }
    }

    private mutating func readHeaders(
        _ entry: YAMLNode.Entry, _ kind: String, into origin: inout OriginConfiguration,
        of file: String
    ) {
        guard kind == "http" else {
            let place = ConfigurationSource.file(name: file, position: entry.position)
            return report("headers are for origins with 'http'", place)
        }
        let example = "{ Authorization: \"Bearer env:TOKEN\" }"
        guard let entries = mapping(entry.value, "headers are names with values", example, file)
        else { return }
        guard entries.count <= OriginConfiguration.headerCountMax else {
            let most = OriginConfiguration.headerCountMax
            return report("headers are at most \(most)", at: entry.value, of: file)
        }
        for header in entries {
            guard let text = text(of: header, form: "env:NAME or file:PATH", in: file) else {
                continue
            }
            places.note(
                "origins.\(origin.name).\(header.key)",
                .file(name: file, position: header.value.position))
            do throws(OriginTextError) {
                origin.headers.append(try OriginHeader(name: header.key, reading: text))
            } catch { report(error.message, at: header.value, of: file) }
        }
    }
}

/// Names of origins and namespaces, as they stand in replies, metrics and commands.
enum ConfigurationName {
    static let form = "a name has letters, digits, '-', '_' and '.', at most 64"

    static func isRight(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte | 32)
                    || "-_.".utf8.contains(byte)
            }
    }
}
