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
        StandardError.printWarnings(loaded.warnings)
        return loaded.configuration
    }
}
