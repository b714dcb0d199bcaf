/// One word after `larder`, and what it does.
struct Subcommand: Sendable {
    /// The word.
    let name: String
    /// What it does, in one line, for `larder help`.
    let summary: String
    /// All that `larder help NAME` prints.
    let help: String
    /// Runs it with the words that follow, and returns the exit code.
    let run: @Sendable ([String]) throws(CommandFailure) -> Int32
}

/// Why a command ended without doing its work.
struct CommandFailure: Error, Hashable {
    /// For the user: what is wrong, and what would be right.
    let message: String
    let exitCode: Int32

    /// The command line makes no sense.
    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(message: message, exitCode: 2)
    }

    /// The command line is fine, but the work could not be done.
    static func failure(_ message: String) -> CommandFailure {
        CommandFailure(message: message, exitCode: 1)
    }
}
