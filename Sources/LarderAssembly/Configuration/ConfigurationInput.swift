/// All that a configuration is made of. What comes later in this list wins: file, environment,
/// flags.
public struct ConfigurationInput: Sendable, Hashable {
    /// The text of a configuration file.
    public struct File: Sendable, Hashable {
        /// As messages call it: the path that was given.
        public let name: String
        /// The text.
        public let bytes: [UInt8]

        /// A text that is called `name`.
        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }

        /// Reads the file at `path`.
        ///
        /// - Throws: `ConfigurationProblems` that name the path and what the system said.
        public init(path: String) throws(ConfigurationProblems) {
            do {
                // One byte more than is accepted, so that a longer file is noticed.
                let bytes = try TextFile.bytes(
                    at: path, byteCountMax: YAMLDocument.byteCountMax + 1)
                self.init(name: path, bytes: bytes)
            } catch {
                throw ConfigurationProblems([
                    ConfigurationProblem(
                        source: .unreadable(name: path), message: "cannot be read: \(error)")
                ])
            }
        }
    }

    /// A key and a value from the command line.
    public struct Flag: Sendable, Hashable {
        /// The key, without the dashes.
        public let path: String
        /// The value; nil when there was none.
        public let value: String?

        /// The flag `--path value`.
        public init(path: String, value: String?) {
            self.path = path
            self.value = value
        }
    }

    /// The configuration file, if any.
    public var file: File?
    /// What CONFIG REWRITE wrote, if anything; it wins over the file.
    public var runtimeFile: File?
    /// The environment of the process.
    public var environment: [String: String]
    /// The flags, in the order given; the last one wins.
    public var flags: [Flag]

    /// The three sources together.
    public init(file: File? = nil, environment: [String: String] = [:], flags: [Flag] = []) {
        self.file = file
        self.environment = environment
        self.flags = flags
    }
}

/// A configuration that holds, and what is to be told about it.
public struct LoadedConfiguration: Sendable, Hashable {
    /// The values in force.
    public let configuration: Configuration
    /// What was accepted and does nothing, one line each.
    public let warnings: [ConfigurationProblem]
    /// Where the values were given.
    public let places: ConfigurationPlaces
    /// Keys and sections that stand in the files, with something behind them.
    public let keysInFiles: Set<String>
}

extension Configuration {
    /// The configuration that `input` describes.
    ///
    /// - Throws: `ConfigurationProblems`, all that is wrong in any of the sources.
    public static func load(
        _ input: ConfigurationInput
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        var reader = ConfigurationReader()
        if let file = input.file { reader.read(file) }
        if let file = input.runtimeFile { reader.read(file) }
        reader.read(environment: input.environment)
        for flag in input.flags { reader.read(flag) }
        return try reader.result()
    }
}
