import LarderAssembly

/// `larder check FILE`: says what is wrong with a configuration, or what it comes to.
enum CheckCommand {
    /// Checks the file that `arguments` (those behind `check`) name. The configuration in force goes
    /// to standard output, errors and warnings to standard error.
    ///
    /// - Returns: The exit code: 0 when the file holds, 1 when it does not or there is none.
    static func run(_ arguments: [String]) -> Int32 {
        guard arguments.count == 1, let path = arguments.first, path.hasPrefix("-") == false else {
            let asksForHelp = arguments.contains("--help") || arguments.contains("-h")
            CommandOutput.printError("usage: larder check FILE")
            return asksForHelp ? 0 : 1
        }
        do throws(ConfigurationProblems) {
            // Without environment and flags: the file must hold wherever it is used.
            let file = try ConfigurationInput.File(path: path)
            let loaded = try Configuration.load(ConfigurationInput(file: file))
            CommandOutput.printWarnings(loaded.warnings)
            print(loaded.configuration.yaml, terminator: "")
            return 0
        } catch {
            CommandOutput.printError(error.description)
            return 1
        }
    }
}
