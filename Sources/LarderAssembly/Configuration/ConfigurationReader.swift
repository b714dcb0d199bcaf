/// Puts the sources together, and collects what is wrong with them.
struct ConfigurationReader {
    /// Problems from which on no hints are made. Far more than are printed.
    private static let hintedProblemsMax = 1000

    var configuration = Configuration()
    /// The origins of the file, also those with something wrong.
    var originNames: Set<String> = []
    private(set) var problems: [ConfigurationProblem] = []
    private var warnings: [ConfigurationProblem] = []
    private var warned: Set<String> = []
    /// Where each key was last given.
    var places = ConfigurationPlaces()
    /// Keys whose value was wrong somewhere; what depends on them is not judged.
    private var failed: Set<String> = []
    private var keysInFiles: Set<String> = []

    /// What the sources gave, checked as a whole.
    func result() throws(ConfigurationProblems) -> LoadedConfiguration {
        let violations = configuration.violations().filter { violation in
            failed.isDisjoint(with: [violation.field] + violation.others)
        }
        let found = violations.map { violation in
            // Where the field is the default, another one given does not go with it.
            let given = ([violation.field] + violation.others).compactMap { places.given($0) }
            return ConfigurationProblem(
                source: given.first ?? .builtIn, message: violation.message)
        }
        let all = problems + found
        guard all.isEmpty else { throw ConfigurationProblems(all) }
        return LoadedConfiguration(
            configuration: configuration, warnings: warnings, places: places,
            keysInFiles: keysInFiles)
    }

    // MARK: - Environment and flags

    mutating func read(environment: [String: String]) {
        for setting in Setting.all {
            // An empty variable is an unset one: that is how compose files pass "nothing".
            let name = setting.environmentName
            guard let text = environment[name], text.isEmpty == false else { continue }
            assign(setting, Self.texts(text, for: setting), at: .environment(name: name))
        }
        // Other programs set LARDER_* too (Kubernetes does, for a service of that name), so only
        // what looks like a slip of the pen is worth a line.
        let known = Set(Setting.all.map(\.environmentName))
        for name in environment.keys.sorted() where name.hasPrefix("LARDER_") {
            guard known.contains(name) == false,
                let meant = Suggestion.nearest(to: name, in: known, distanceMax: 2)
            else { continue }
            warn("unknown, so it has no effect; did you mean \(meant)?", .environment(name: name))
        }
    }

    mutating func read(_ flag: ConfigurationInput.Flag) {
        let source = ConfigurationSource.flag(name: "--\(flag.path.clipped)")
        if let later = Self.later(flag.path) { return warnNoEffect(of: later, at: source) }
        guard let setting = Setting.all.first(where: { $0.path == flag.path }) else {
            let meant = Suggestion.path(for: flag.path).map { "; did you mean '--\($0)'?" }
            return report("unknown flag\(meant ?? "; 'larder serve --help' lists them")", source)
        }
        guard let value = flag.value else {
            return report("there is no value; \(setting.form)", source)
        }
        assign(setting, Self.texts(value, for: setting), at: source)
    }

    private static func texts(_ text: String, for setting: Setting) -> [String] {
        guard setting.isList else { return [text] }
        return text.split(separator: ",").map { $0.filter { $0 != " " } }
    }

    // MARK: - File

    mutating func read(_ file: ConfigurationInput.File) {
        let document = YAMLDocument(file.bytes)
        for problem in document.problems {
            report(problem.message, .file(name: file.name, position: problem.position))
        }
        guard let root = document.root else { return }
        switch root.content {
        case .mapping(let entries):
            for entry in entries {
                if entry.value.content != .empty { keysInFiles.insert(entry.key) }
                read(entry, section: nil, of: file.name)
            }
            readStructured(entries, of: file.name)
        case .empty: return
        default:
            let text =
                "a configuration is a list of keys with values, such as 'data: ./larder-data'"
            report(text, .file(name: file.name, position: root.position))
        }
    }

    private mutating func read(_ entry: YAMLNode.Entry, section: String?, of file: String) {
        let path = section.map { "\($0).\(entry.key)" } ?? entry.key
        let keySource = ConfigurationSource.file(name: file, position: entry.position)
        if Setting.later.contains(path) { return warnNoEffect(of: path, at: keySource) }
        if section == nil, Setting.structured.contains(entry.key) { return }
        if section == nil, Setting.sections.contains(entry.key) {
            return readSection(entry, of: file)
        }
        guard let setting = Setting.all.first(where: { $0.path == path }) else {
            // Hints compare with every key; a file of nothing but errors is not worth that.
            let isHinted = problems.count < Self.hintedProblemsMax
            let hint = isHinted ? Suggestion.hint(for: entry.key, in: section) : "see --help"
            return report("unknown key '\(entry.key.clipped)'; \(hint)", keySource)
        }
        read(setting, entry.value, of: file)
    }

    /// What has a form of its own; origins before the namespaces that name them.
    private mutating func readStructured(_ entries: [YAMLNode.Entry], of file: String) {
        for key in Setting.structured {
            guard let entry = entries.first(where: { $0.key == key }) else { continue }
            switch key {
            case "users": readUsers(entry.value, of: file)
            case "origins": readOrigins(entry.value, of: file)
            default: readNamespaces(entry.value, of: file)
            }
        }
    }

    private mutating func readSection(_ entry: YAMLNode.Entry, of file: String) {
        switch entry.value.content {
        case .mapping(let entries):
            for inner in entries { read(inner, section: entry.key, of: file) }
        case .empty: return
        default:
            let names = Suggestion.names(in: entry.key).joined(separator: ", ")
            let source = ConfigurationSource.file(name: file, position: entry.value.position)
            report("\(entry.key) is a section; its keys are \(names)", source)
        }
    }

    private mutating func read(_ setting: Setting, _ node: YAMLNode, of file: String) {
        let source = ConfigurationSource.file(name: file, position: node.position)
        switch node.content {
        case .scalar(let text): assign(setting, [text], at: source)
        case .empty: fail(setting, "\(setting.name) has no value; \(setting.form)", source)
        case .mapping: fail(setting, "\(setting.name) is no section; \(setting.form)", source)
        case .sequence(let nodes):
            guard setting.isList else {
                return fail(setting, "\(setting.name) is no list; \(setting.form)", source)
            }
            readList(setting, nodes, at: source, of: file)
        }
    }

    private mutating func readList(
        _ setting: Setting, _ nodes: [YAMLNode], at source: ConfigurationSource, of file: String
    ) {
        var texts: [String] = []
        var elements: [String: ConfigurationSource] = [:]
        for node in nodes {
            var scratch = Configuration()
            let place = ConfigurationSource.file(name: file, position: node.position)
            guard case .scalar(let text) = node.content, setting.assign([text], &scratch) else {
                let shown = if case .scalar(let text) = node.content { [text] } else { [""] }
                return fail(setting, setting.complaint(about: shown), place)
            }
            texts.append(text)
            elements[text] = place
        }
        assign(setting, texts, at: source, elements)
    }

    // MARK: - Results

    private mutating func assign(
        _ setting: Setting, _ texts: [String], at source: ConfigurationSource,
        _ elements: [String: ConfigurationSource] = [:]
    ) {
        guard setting.assign(texts, &configuration) else {
            return fail(setting, setting.complaint(about: texts), source)
        }
        places.note(setting.path, source, elements: elements)
    }

    private mutating func fail(
        _ setting: Setting, _ message: String, _ source: ConfigurationSource
    ) {
        failed.insert(setting.path)
        report(message, source)
    }

    mutating func report(_ message: String, _ source: ConfigurationSource) {
        problems.append(ConfigurationProblem(source: source, message: message))
    }

    private mutating func warn(_ message: String, _ source: ConfigurationSource) {
        warnings.append(ConfigurationProblem(source: source, message: message))
    }

    /// One line for each such key, however often it is given.
    mutating func warnNoEffect(of path: String, at source: ConfigurationSource) {
        guard warned.insert(path).inserted else { return }
        warn("'\(path)' has no effect yet", source)
    }

    /// The key of a later feature that `path` is, or lies in.
    private static func later(_ path: String) -> String? {
        Setting.later.first { path == $0 || path.hasPrefix("\($0).") }
    }
}
