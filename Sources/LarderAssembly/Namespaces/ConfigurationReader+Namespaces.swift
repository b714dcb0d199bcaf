import LarderCore

/// `namespaces`: a list of mappings, which only the file can give. `origins` are read before,
/// wherever they stand.
extension ConfigurationReader {
    private static let namespaceExample = "[{ match: \"product:{id}\", ttl: 1h }]"

    mutating func readNamespaces(_ node: YAMLNode, of file: String) {
        configuration.namespaces = []
        guard case .sequence(let nodes) = node.content else {
            guard node.content != .empty else { return }
            return report(
                "namespaces is a list, such as \(Self.namespaceExample)", at: node, of: file)
        }
        guard nodes.count <= NamespaceConfiguration.countMax else {
            let most = NamespaceConfiguration.countMax
            return report("namespaces are at most \(most)", at: node, of: file)
        }
        var places: [YAMLNode] = []
        for node in nodes {
            guard let namespace = readNamespace(node, of: file) else { continue }
            configuration.namespaces.append(namespace)
            places.append(node)
        }
        checkNames(places, of: file)
        checkPatterns(places, of: file)
    }

    /// Two of one name would be one in metrics and commands.
    private mutating func checkNames(_ places: [YAMLNode], of file: String) {
        var lines: [String: Int] = [:]
        for (namespace, node) in zip(configuration.namespaces, places) {
            if let line = lines[namespace.name] {
                report(
                    "namespace '\(namespace.name)' stands in line \(line) already; give one of them"
                        + " another 'name'", at: node, of: file)
            }
            lines[namespace.name] = lines[namespace.name] ?? node.position.line
        }
    }

    private mutating func checkPatterns(_ places: [YAMLNode], of file: String) {
        do throws(NamespaceMatcherError) {
            _ = try NamespaceMatcher(configuration.namespaces.map(\.match))
        } catch {
            switch error {
            case .same(let first, let second):
                let pattern = configuration.namespaces[second].match.text.clipped
                report(
                    "'\(pattern)' matches the same keys as the namespace in line"
                        + " \(places[first].position.line)", at: places[second], of: file)
            case .tooManyStates:
                report(
                    "the patterns overlap in too many ways; begin them with different words",
                    at: places[0], of: file)
            }
        }
    }

    private mutating func readNamespace(
        _ node: YAMLNode, of file: String
    ) -> NamespaceConfiguration? {
        guard case .mapping(let entries) = node.content else {
            report(
                "a namespace is keys with values, such as \(Self.namespaceExample)", at: node,
                of: file)
            return nil
        }
        let before = problems.count
        guard let match = entries.first(where: { $0.key == "match" }) else {
            report(
                "a namespace has a pattern, such as 'match: \"product:{id}\"'", at: node, of: file)
            return nil
        }
        guard let pattern = pattern(of: match, in: file) else { return nil }
        var namespace = NamespaceConfiguration(name: pattern.words, match: pattern)
        if refusesBehind(entries, of: file) { return nil }
        let left = read(
            entries, NamespaceFields.all, others: NamespaceFields.others, of: "a namespace",
            into: &namespace, in: file)
        readName(left["name"], at: match, into: &namespace, of: file)
        if let origin = left["origin"] { readUse(origin, into: &namespace, of: file) }
        guard problems.count == before else { return nil }
        let given = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0) })
        if given["write"] == nil, namespace.origin?.set != nil { namespace.write = .through }
        check(namespace, given, of: file)
        return problems.count == before ? namespace : nil
    }

    private mutating func pattern(of entry: YAMLNode.Entry, in file: String) -> KeyPattern? {
        guard let text = text(of: entry, form: "such as \"product:{id}\"", in: file) else {
            return nil
        }
        do throws(TextFormError) {
            return try KeyPattern(parsing: text)
        } catch {
            report("match: \(error)", at: entry.value, of: file)
            return nil
        }
    }

    private mutating func readName(
        _ entry: YAMLNode.Entry?, at match: YAMLNode.Entry,
        into namespace: inout NamespaceConfiguration, of file: String
    ) {
        guard let entry else {
            guard ConfigurationName.isRight(namespace.name) == false else { return }
            return report(
                "'\(namespace.match.text.clipped)' has no words to be called by; add a 'name'",
                at: match.value, of: file)
        }
        guard let name = text(of: entry, form: "such as products", in: file) else { return }
        guard ConfigurationName.isRight(name) else {
            return report(
                "name is '\(name.clipped)'; \(ConfigurationName.form)", at: entry.value, of: file)
        }
        namespace.name = name
    }

    /// Writing behind is of a later version. Taken for another mode it would lose writes.
    private mutating func refusesBehind(_ entries: [YAMLNode.Entry], of file: String) -> Bool {
        guard let write = entries.first(where: { $0.key == "write" }),
            case .scalar("behind") = write.value.content
        else { return false }
        report(
            "write is 'behind', which is not there yet; it is cache, through, around or invalidate",
            at: write.value, of: file)
        return true
    }

    /// What the keys mean together.
    private mutating func check(
        _ namespace: NamespaceConfiguration, _ given: [String: YAMLNode.Entry], of file: String
    ) {
        func place(_ key: String) -> ConfigurationSource {
            let entry = given[key] ?? given["match"]
            return entry.map { .file(name: file, position: $0.position) } ?? .builtIn
        }
        for key in NamespaceFields.needingCache
        where given[key] != nil && namespace.caching == .never {
            report("\(key) says nothing when cache is 'never'; leave one of them away", place(key))
        }
        for key in NamespaceFields.needingOrigin
        where given[key] != nil && namespace.origin == nil {
            report("\(key) is for namespaces with an 'origin', and this one has none", place(key))
        }
        if namespace.origin != nil, given["ttl"] == nil, namespace.caching == .yes {
            report(
                "there is no ttl, and what the origin gave would never be asked for again; set one,"
                    + " such as 1h, or 'ttl: never'", place("ttl"))
        }
        for key in ["stale", "stale-if-error"]
        where given[key] != nil && namespace.ttl == nil && namespace.caching == .yes {
            report("\(key) begins when the ttl ends, and the ttl is 'never'", place(key))
        }
        let idle = [
            ("budget", given["budget"] != nil), ("placement", namespace.placement != .first),
            ("priority", namespace.priority != .normal),
        ]
        for (key, isGiven) in idle where isGiven {
            warnNoEffect(of: "namespaces.\(namespace.name).\(key)", at: place(key))
        }
        checkWrite(namespace, at: place("write"))
    }

    private mutating func checkWrite(
        _ namespace: NamespaceConfiguration, at place: ConfigurationSource
    ) {
        let mode = namespace.write
        guard mode != .cache else { return }
        guard let origin = namespace.origin else {
            return report(
                "write is '\(mode.rawValue)', which is for namespaces with an 'origin'; without one"
                    + " it is cache", place)
        }
        guard mode != .invalidate, origin.set == nil else { return }
        report(
            "write is '\(mode.rawValue)', and the origin has no 'set', which says how to write",
            place)
    }
}

extension KeyPattern {
    /// The words of the pattern without its captures: `user-posts` for `user:{id}:posts:{n}`.
    fileprivate var words: String {
        var words: [String] = []
        var word = ""
        var isInside = false
        for character in text + ":" {
            if character == "{" { isInside = true }
            if isInside == false, character.isASCII, character.isLetter || character.isNumber {
                word.append(character)
            } else if word.isEmpty == false {
                words.append(word)
                word = ""
            }
            if character == "}" { isInside = false }
        }
        return words.joined(separator: "-")
    }
}
