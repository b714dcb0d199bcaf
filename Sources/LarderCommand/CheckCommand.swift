import LarderAssembly
import LarderServer

/// `larder check FILE`: says what is wrong with a configuration, or what it comes to.
enum CheckCommand {
    static let help = """
        usage: larder check FILE

        Reads a configuration (YAML) as 'larder serve FILE' would, without starting a server.
        Prints all keys but passwords and their digests with the values in force, as a
        configuration; or what is wrong, with remedy, and ends with status 1.
        'larder help serve' lists the keys.
        """

    /// Checks the file that `arguments` (those behind `check`) name. The configuration in force
    /// goes to standard output, errors and warnings to standard error.
    ///
    /// - Returns: The exit code: 0 when the file holds, 1 when it does not or there is none.
    /// - Throws: A usage failure when `arguments` are not one file.
    static func run(_ arguments: [String]) throws(CommandFailure) -> Int32 {
        let files = try Arguments(arguments, options: []).positionals
        guard let path = files.first, files.count == 1 else {
            throw .usage("larder check takes one file; see 'larder help check'")
        }
        do throws(ConfigurationProblems) {
            // Without environment and flags: the file must hold wherever it is used.
            let file = try ConfigurationInput.File(path: path)
            let loaded = try Configuration.load(ConfigurationInput(file: file))
            let certificates = Server.certificateProblems(loaded)
            StandardError.printWarnings(loaded.warnings + certificates.warnings)
            let problems =
                Server.userProblems(loaded) + certificates.problems
                + Server.originProblems(loaded)
            guard problems.isEmpty else { throw ConfigurationProblems(problems) }
            print(loaded.configuration.yaml, terminator: "")
            return 0
        } catch {
            StandardError.print(error.description)
            return 1
        }
    }
}
