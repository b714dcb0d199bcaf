/// One key of a mapping that may be there many times, like a namespace: how it is called, written
/// and read. What `Setting` is to the keys that are there once.
struct Field<Subject: Sendable>: Sendable {
    let name: String
    /// The right form in words.
    let form: String
    let isList: Bool
    /// Puts the value that the texts mean into a subject; false when they mean none.
    let assign: @Sendable ([String], inout Subject) -> Bool
    /// The texts of the value in a subject.
    let texts: @Sendable (Subject) -> [String]

    init<Value>(
        _ name: String, _ property: any WritableKeyPath<Subject, Value> & Sendable,
        _ form: Form<Value>
    ) {
        self.name = name
        self.form = form.description
        isList = form.isList
        assign = { texts, subject in
            guard let value = form.read(texts) else { return false }
            subject[keyPath: property] = value
            return true
        }
        texts = { form.write($0[keyPath: property]) }
    }

    /// The line of a file that gives `subject` its value.
    func line(of subject: Subject) -> String {
        let scalars = texts(subject).map(Configuration.scalar)
        return "\(name): " + (isList ? "[\(scalars.joined(separator: ", "))]" : scalars[0])
    }
}

/// Reads mappings by their fields.
extension ConfigurationReader {
    /// Puts what `entries` say into `subject`, and reports what is wrong with them.
    ///
    /// - Returns: The entries with the names of `others`, which are left to the caller.
    mutating func read<Subject>(
        _ entries: [YAMLNode.Entry], _ fields: [Field<Subject>], others: [String], of what: String,
        into subject: inout Subject, in file: String
    ) -> [String: YAMLNode.Entry] {
        var left: [String: YAMLNode.Entry] = [:]
        for entry in entries {
            if others.contains(entry.key) {
                left[entry.key] = entry
            } else if let field = fields.first(where: { $0.name == entry.key }) {
                read(entry.value, field, into: &subject, in: file)
            } else {
                let known = others + fields.map(\.name)
                let hint =
                    Suggestion.nearest(to: entry.key, in: known).map { "did you mean '\($0)'?" }
                    ?? "the keys are \(known.joined(separator: ", "))"
                report(
                    "unknown key '\(entry.key.clipped)' of \(what); \(hint)",
                    .file(name: file, position: entry.position))
            }
        }
        return left
    }

    private mutating func read<Subject>(
        _ node: YAMLNode, _ field: Field<Subject>, into subject: inout Subject, in file: String
    ) {
        let source = ConfigurationSource.file(name: file, position: node.position)
        var texts: [String] = []
        switch node.content {
        case .scalar(let text): texts = [text]
        case .sequence(let nodes) where field.isList:
            texts = nodes.compactMap {
                if case .scalar(let text) = $0.content { text } else { nil }
            }
            guard texts.count == nodes.count else {
                return report("\(field.name) is a list of texts; \(field.form)", source)
            }
        case .sequence: return report("\(field.name) is no list; \(field.form)", source)
        case .mapping: return report("\(field.name) has no keys of its own; \(field.form)", source)
        case .empty: return report("\(field.name) has no value; \(field.form)", source)
        }
        guard field.assign(texts, &subject) == false else { return }
        let shown = texts.joined(separator: ", ").clipped
        report("\(field.name) is '\(shown)'; \(field.form)", source)
    }

    /// The text of `entry`; nil after an error was reported.
    mutating func text(of entry: YAMLNode.Entry, form: String, in file: String) -> String? {
        if case .scalar(let text) = entry.value.content, text.isEmpty == false { return text }
        report(
            "\(entry.key.clipped) is one text, \(form)",
            .file(name: file, position: entry.value.position))
        return nil
    }
}
