import Glibc

/// Where the configuration of a server comes from, so that a running one can read it again, and
/// keep what was changed meanwhile.
///
/// What wins, from the last: flags, environment, the file of CONFIG REWRITE, the file.
public struct ConfigurationSources: Sendable, Hashable {
    /// The command line.
    public let arguments: ServeArguments
    /// The environment of the process.
    public let environment: [String: String]

    /// The arguments behind `serve`, and the environment.
    public init(arguments: ServeArguments, environment: [String: String]) {
        self.arguments = arguments
        self.environment = environment
    }

    /// The configuration file, if one was named.
    public var file: String? { arguments.file }

    /// The file that CONFIG REWRITE writes.
    public var runtimeFile: String? { file.map { "\($0).runtime.yaml" } }

    /// Whether that file is there.
    public var hasRuntimeFile: Bool {
        guard let runtimeFile else { return false }
        return unsafe access(runtimeFile, F_OK) == 0
    }

    /// Reads all sources.
    ///
    /// - Throws: `ConfigurationProblems`, all that is wrong in any of them.
    public func load() throws(ConfigurationProblems) -> LoadedConfiguration {
        try load(withRuntimeFile: true)
    }

    private func load(
        withRuntimeFile: Bool
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        var input = ConfigurationInput(environment: environment, flags: arguments.flags)
        if let file { input.file = try ConfigurationInput.File(path: file) }
        if withRuntimeFile, hasRuntimeFile, let runtimeFile {
            input.runtimeFile = try ConfigurationInput.File(path: runtimeFile)
        }
        return try Configuration.load(input)
    }

    /// Writes what differs from the other sources to the file of CONFIG REWRITE. It is there whole
    /// or not at all.
    ///
    /// - Throws: `ConfigurationRewriteFailure` when there is no file, or it cannot be written.
    public func rewrite(_ settings: RuntimeSettings) throws(ConfigurationRewriteFailure) {
        guard let file, let runtimeFile else { throw .noFile }
        let given: Configuration
        do throws(ConfigurationProblems) {
            given = try load(withRuntimeFile: false).configuration
        } catch {
            throw .unreadable("\(error.problems[0])")
        }
        let text =
            "# Written by CONFIG REWRITE: what was changed while the server ran. It wins over\n"
            + "# \(file); remove it, or lines of it, to go back.\n"
            + settings.configuration.yaml(differingFrom: given)
        do throws(SystemError) {
            try TextFile.replace(runtimeFile, with: Array(text.utf8))
        } catch {
            throw .unwritable(path: runtimeFile, error)
        }
    }
}

/// Why CONFIG REWRITE wrote nothing.
public enum ConfigurationRewriteFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server was started without one.
    case noFile
    /// The file that was named at the start is wrong now.
    case unreadable(String)
    /// The system refused.
    case unwritable(path: String, SystemError)

    /// In redis's words where it has any.
    public var description: String {
        switch self {
        case .noFile: "The server is running without a config file"
        case .unreadable(let problem): "Rewriting config file: \(problem)"
        case .unwritable(let path, let reason): "Rewriting config file: \(path): \(reason)"
        }
    }
}

extension Configuration {
    /// The keys whose values differ, as a file, with passwords.
    func yaml(differingFrom other: Configuration) -> String {
        var lines: [String] = []
        for section in [nil] + Setting.sections.map(Optional.some) {
            let settings = Setting.all.filter {
                $0.section == section && $0.texts(self) != $0.texts(other)
            }
            guard !settings.isEmpty else { continue }
            if let section { lines.append("\(section):") }
            for setting in settings {
                let scalars = setting.texts(self).map(Self.scalar)
                let value = setting.isList ? "[\(scalars.joined(separator: ", "))]" : scalars[0]
                lines.append((section == nil ? "" : "  ") + "\(setting.name): \(value)")
            }
        }
        return lines.map { "\($0)\n" }.joined()
    }
}

extension TextFile {
    /// Puts a file in place of the one at `path`, for its owner only.
    static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let draft = "\(path).new"
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .last }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { rest in
                unsafe write(file, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let isWhole = written == bytes.count && fsync(file) == 0
        let reason = SystemError.last
        close(file)
        guard isWhole, unsafe rename(draft, path) == 0 else {
            let failure = isWhole ? SystemError.last : reason
            _ = unsafe unlink(draft)
            throw failure
        }
    }
}
