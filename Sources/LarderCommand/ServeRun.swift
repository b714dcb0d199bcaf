import LarderAssembly
import LarderServer

extension Subcommand {
    /// `larder serve`.
    static let serve = Subcommand(
        name: "serve", summary: "run the cache server",
        help: Configuration.help,
        run: { words throws(CommandFailure) in try ServeCommand.run(words) })

    /// `larder check`.
    static let check = Subcommand(
        name: "check", summary: "check a configuration file and print what it comes to",
        help: CheckCommand.help,
        run: { words throws(CommandFailure) in try CheckCommand.run(words) })
}

extension ServeCommand {
    /// Serves until a signal ends it.
    static func run(_ words: [String]) throws(CommandFailure) -> Int32 {
        let configuration: Configuration
        let sources: ConfigurationSources
        do throws(ConfigurationProblems) {
            sources = ConfigurationSources(
                arguments: try ServeArguments(words), environment: ProcessEnvironment.variables)
            configuration = try Self.configuration(from: sources)
        } catch {
            throw .failure("the configuration is wrong\n\(error.description)")
        }
        let folder: DataFolder
        do throws(DataFolderError) {
            folder = try DataFolder(locking: configuration.data)
        } catch {
            throw .failure(error.description)
        }
        do throws(ServerFailure) {
            let server = try Server(
                configuration, version: LarderCommand.version,
                logger: .standardError(configuration.log), sources: sources)
            try server.run()
        } catch {
            throw .failure(error.description)
        }
        _ = consume folder
        return 0
    }
}
