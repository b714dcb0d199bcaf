/// What redis's COMMAND tells about a command or a subcommand, beside its row in `CommandTable`.
struct CommandPage: Sendable {
    /// In lower case; of a subcommand with that of its command: `client|id`.
    let name: String
    /// What it does, in a few words.
    let summary: String
    /// The row of a subcommand. That of a command is in `CommandTable`.
    var arity = 0
    var flags: [String] = []
    /// Categories that do not follow from the flags.
    var ownCategories: CommandCategories = []
    /// Hints for clients of clusters.
    var tips: [String] = []
    var group = "server"
    /// The version of redis that had it first.
    var since = ""
    var complexity = ""
    /// The version since which something else is better, and what.
    var deprecation: (since: String, replacement: String)?
    /// Whether it is for those who work on the server itself.
    var isForSystem = false
    var keys: [KeySpecification] = []
    var arguments: [CommandArgument] = []
    var subcommands: [CommandPage] = []

    init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
    }

    /// What redis marks in its documents.
    var documentFlags: [String] {
        (deprecation == nil ? [] : ["deprecated"]) + (isForSystem ? ["syscmd"] : [])
    }

    /// The categories of a subcommand.
    var categories: CommandCategories {
        CommandCategories(own: ownCategories, flags: flags)
    }

    func accepts(argumentCount: Int) -> Bool {
        arity >= 0 ? argumentCount == arity : argumentCount >= -arity
    }

    /// The subcommand of this name, in any case.
    func subcommand(_ word: String) -> CommandPage? {
        guard !subcommands.isEmpty else { return nil }
        let full = "\(name)|\(word.lowercased())"
        return subcommands.first { $0.name == full }
    }
}

/// Where a command has keys, and what it does to them.
struct KeySpecification: Sendable {
    /// In redis's words: `RW`, `access`, `update` …
    var flags: [String]
    /// Place of the first key.
    var first: Int
    /// Place of the last key from the first one on; negative: from the end.
    var last: Int
    var step: Int
    var note: String?

    /// Whether these are no keys, but channels that clusters place as they do keys.
    var isNoKey: Bool { flags.contains("not_key") }

    /// The places of the keys of a request of `count` words; `nil` when it has too few.
    func places(count: Int) -> StrideThrough<Int>? {
        let end = last < 0 ? count + last : first + last
        guard first < count, end >= first, end < count else { return nil }
        return stride(from: first, through: end, by: step)
    }
}

/// An argument in COMMAND DOCS, from which redis-cli makes its hints.
struct CommandArgument: Sendable {
    let name: String
    let type: String
    /// The word before it, or in its place.
    var token: String?
    /// Which of the command's key specifications it belongs to.
    var key: Int?
    var since: String?
    var deprecatedSince: String?
    /// `optional`, `multiple`, `multiple_token`.
    var flags: [String] = []
    /// The parts of a block, or the choices of a `oneof`.
    var arguments: [CommandArgument] = []
}
