import LarderAssembly

/// The arguments of `larder serve`.
enum ServeCommand {
    /// The configuration of `arguments` (those behind `serve`), the file they name and
    /// `environment`; what has no effect is told on standard error, one line each.
    ///
    /// - Throws: `ConfigurationProblems`, to be printed as they are; the exit code is 1.
    static func configuration(
        from arguments: [String], environment: [String: String]
    ) throws(ConfigurationProblems) -> Configuration {
        let loaded = try ServeArguments(arguments).load(environment: environment)
        CommandOutput.printWarnings(loaded.warnings)
        return loaded.configuration
    }

    /// The text for `larder serve --help`; nil when `arguments` do not ask for it.
    static func help(for arguments: [String]) -> String? {
        arguments.contains("--help") || arguments.contains("-h") ? Configuration.help : nil
    }
}
