/// What CONFIG GET shows and CONFIG SET changes: the configuration in force, under redis's names
/// and under our own.
///
/// A value: the server keeps one, tries changes on it, and carries out what changed.
public struct RuntimeSettings: Sendable, Hashable {
    /// What happens to a write when memory is full, by redis's names.
    public enum FullMemory: String, Sendable, Hashable, CaseIterable {
        /// Entries leave, by `memory.policy`. The names differ for redis, not for us.
        case allkeysLRU = "allkeys-lru"
        /// The same.
        case allkeysLFU = "allkeys-lfu"
        /// The same.
        case allkeysRandom = "allkeys-random"
        /// The write fails with redis's OOM text.
        case noEviction = "noeviction"
    }

    /// The values in force.
    public internal(set) var configuration: Configuration
    /// The name that evicting goes by.
    private var evictingName = FullMemory.allkeysLRU
    /// Bytes that the machine or the control group allows.
    public let allowedBytes: Int

    /// The settings of a server that starts with `configuration`.
    public init(_ configuration: Configuration, allowedBytes: Int) {
        self.configuration = configuration
        self.allowedBytes = allowedBytes
    }

    /// What happens to a write when memory is full.
    public internal(set) var fullMemory: FullMemory {
        get { configuration.memory.whenFull == .refuse ? .noEviction : evictingName }
        set {
            configuration.memory.whenFull = newValue == .noEviction ? .refuse : .evict
            if newValue != .noEviction { evictingName = newValue }
        }
    }

    /// The memory limit in bytes.
    public var memoryLimitBytes: Int { configuration.memory.limitBytes(allowed: allowedBytes) }

    /// The largest value in bytes.
    public var maxValueBytes: Int {
        configuration.memory.maxValueBytes(limitBytes: memoryLimitBytes)
    }

    /// Names and values of the settings that match any of `patterns`, each once.
    ///
    /// A plain name comes back as it was written, as redis does it.
    public func get(_ patterns: [String]) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        var seen: Set<String> = []
        for text in patterns {
            let pattern = GlobPattern(text)
            for setting in RuntimeSetting.all where pattern.matches(setting.name) {
                guard seen.insert(setting.name).inserted else { continue }
                found.append((pattern.isPlain ? text : setting.name, setting.text(self)))
            }
        }
        return found
    }

    /// Changes settings: names and values in turn. All of them, or none when one is refused.
    ///
    /// - Returns: The settings whose values differ now, under our own names (`memory.limit`), and
    ///   `maxmemory-policy`, which has only that one.
    /// - Throws: `RuntimeSettingFailure` with redis's text.
    public mutating func set(
        _ arguments: [String]
    ) throws(RuntimeSettingFailure) -> Set<String> {
        guard arguments.isEmpty == false, arguments.count.isMultiple(of: 2) else {
            throw RuntimeSettingFailure(message: "ERR syntax error")
        }
        let names = stride(from: 0, to: arguments.count, by: 2).map { arguments[$0].lowercased() }
        let settings = try Self.settings(names)
        var changed = self
        for (index, setting) in settings.enumerated() {
            guard let change = setting.change else { continue }
            if let reason = change(arguments[index * 2 + 1], &changed) {
                throw .refused(setting.name, reason)
            }
        }
        if let violation = changed.configuration.violations().first {
            let blamed = settings.last { $0.path == violation.field } ?? settings[0]
            throw .refused(blamed.name, violation.message)
        }
        let differing = changed.paths(differingFrom: self)
        self = changed
        return differing
    }

    /// The settings of these names, all of which may be changed.
    private static func settings(
        _ names: [String]
    ) throws(RuntimeSettingFailure) -> [RuntimeSetting] {
        var settings: [RuntimeSetting] = []
        for name in names {
            guard let setting = RuntimeSetting.all.first(where: { $0.name == name }) else {
                let text = "ERR Unknown option or number of arguments for CONFIG SET - '\(name)'"
                throw RuntimeSettingFailure(message: text)
            }
            guard setting.change != nil else {
                throw .refused(name, "can't set immutable config")
            }
            guard settings.contains(where: { $0.name == name }) == false else {
                throw .refused(name, "duplicate parameter")
            }
            settings.append(setting)
        }
        return settings
    }

    /// Takes over what the sources say now, as far as a running server can.
    ///
    /// - Parameters:
    ///   - new: What the sources say.
    ///   - fixed: Keys that are taken from the configuration only when the server starts.
    /// - Returns: The keys whose values differ now, and those that wait for a restart.
    /// - Throws: What is wrong with the values together, or with those that stay.
    public mutating func adopt(
        _ new: Configuration, fixed: Set<String>
    ) throws(ConfigurationError) -> (changed: Set<String>, waiting: [String]) {
        var tried = self
        var waiting: [String] = []
        for setting in Setting.all {
            let texts = setting.texts(new)
            guard texts != setting.texts(configuration) else { continue }
            // CONFIG does not know what belongs to the namespaces; a reload takes it.
            let isTaken =
                RuntimeSetting.changeable.contains(setting.path)
                || setting.path == "server.origin-loads"
            if isTaken, !fixed.contains(setting.path) {
                _ = setting.assign(texts, &tried.configuration)
            } else {
                waiting.append(setting.path)
            }
        }
        tried.configuration.users = new.users
        tried.configuration.origins = new.origins
        tried.configuration.namespaces = new.namespaces
        try tried.configuration.validate()
        let changed = tried.paths(differingFrom: self)
        self = tried
        return (changed, waiting)
    }

    private func paths(differingFrom other: RuntimeSettings) -> Set<String> {
        let paths = Setting.all.filter {
            $0.texts(configuration) != $0.texts(other.configuration)
        }
        let mode = fullMemory == other.fullMemory ? [] : ["maxmemory-policy"]
        let (mine, others) = (configuration, other.configuration)
        let users = mine.users == others.users ? [] : ["users"]
        let origins = mine.origins == others.origins ? [] : ["origins"]
        let namespaces = mine.namespaces == others.namespaces ? [] : ["namespaces"]
        return Set(paths.map(\.path) + mode + users + origins + namespaces)
    }
}

/// Why CONFIG SET changed nothing.
public struct RuntimeSettingFailure: Error, Sendable, Hashable {
    /// The reply, without the minus sign.
    public let message: String

    static func refused(_ name: String, _ reason: String) -> RuntimeSettingFailure {
        RuntimeSettingFailure(
            message: "ERR CONFIG SET failed (possibly related to argument '\(name)') - \(reason)")
    }
}
