import Glibc
import LarderAssembly

/// The `larder` command.
@main struct LarderCommand {
    /// The version that `larder --version` prints.
    static let version = "0.1.0"

    /// Every subcommand, in the order of `larder help`. A new one is one line here.
    static let subcommands: [Subcommand] = [
        .serve,
        .check,
        .explain,
        .simulate,
        .trace,
        .replay,
    ]

    static func main() {
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs one command line and returns its exit code: 0 for success, 1 for failure, 2 for a
    /// command line that makes no sense.
    static func run(_ words: [String]) -> Int32 {
        do throws(CommandFailure) {
            return try dispatch(words)
        } catch {
            StandardError.print("larder: \(error.message)")
            return error.exitCode
        }
    }

    private static func dispatch(_ words: [String]) throws(CommandFailure) -> Int32 {
        let rest = Array(words.dropFirst())
        switch words.first {
        case nil, "help", "--help", "-h": return try help(rest.first)
        case "--version", "-v", "-V", "version":
            print("larder \(version)")
            return 0
        case let name?:
            let subcommand = try subcommand(named: name)
            if rest.contains("--help") || rest.contains("-h") { return try help(name) }
            return try subcommand.run(rest)
        }
    }

    private static func subcommand(named name: String) throws(CommandFailure) -> Subcommand {
        if let found = subcommands.first(where: { $0.name == name }) { return found }
        let hint = Suggestion.question(for: name, among: subcommands.map(\.name))
        throw .usage(
            "there is no command '\(name)'\(hint.isEmpty ? "; 'larder help' lists all" : hint)")
    }

    private static func help(_ name: String?) throws(CommandFailure) -> Int32 {
        if let name {
            print(try subcommand(named: name).help)
            return 0
        }
        print("larder: a self-optimising cache that speaks RESP and memcached\n")
        print("usage: larder COMMAND [ARGUMENTS]\n")
        let width = subcommands.map(\.name.count).max() ?? 0
        for subcommand in subcommands {
            let gap = String(repeating: " ", count: width - subcommand.name.count + 2)
            print("  \(subcommand.name)\(gap)\(subcommand.summary)")
        }
        print("\nTo begin: 'larder serve', then 'redis-cli -p 5273 set greeting hello'.")
        print("'larder help COMMAND' tells more; 'larder --version' prints the version.")
        return 0
    }
}
