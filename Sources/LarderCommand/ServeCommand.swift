import LarderAssembly

/// The arguments of `larder serve`.
enum ServeCommand {
    /// The configuration of `sources`; what has no effect is told on standard error, one line each.
    ///
    /// - Throws: `ConfigurationProblems`, to be printed as they are; the exit code is 1.
    static func configuration(
        from sources: ConfigurationSources
    ) throws(ConfigurationProblems) -> Configuration {
        let loaded = try sources.load()
        StandardError.printWarnings(loaded.warnings)
        return loaded.configuration
    }
}
