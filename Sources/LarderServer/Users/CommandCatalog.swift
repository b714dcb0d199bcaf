import LarderWire

/// What rules, patterns and pauses ask about commands, worked out once from `CommandTable`.
struct CommandCatalog: Sendable {
    static let shared = CommandCatalog()

    /// In lower case; a subcommand as `config|get`. The commands come first.
    let names: [String]
    let categories: [CommandCategories]
    private let places: [String: Int]
    /// By `Command.rawValue`.
    private let traits: [CommandTraits]

    private init() {
        let table = CommandTable.shared
        names = table.names
        categories =
            table.specifications.map(\.categories)
            + table.pages.flatMap { $0.subcommands.map(\.categories) }
        places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        traits = table.specifications.map { row in
            let name = "\(row.name)"
            return CommandTraits(
                isContainer: row.hasSubcommands, channels: Self.channelUse[name] ?? .none,
                subscribes: name.hasSuffix("subscribe"),
                writes: row.flags.contains { "\($0)" == "write" } || Self.publishers.contains(name))
        }
    }

    /// The place of a command or subcommand; nil when there is none of that name.
    func place(of name: String) -> Int? { places[name] }

    func traits(of command: Command) -> CommandTraits { traits[Int(command.rawValue)] }

    private static let channelUse: [String: ChannelUse] = [
        "publish": .one, "spublish": .one, "subscribe": .all, "ssubscribe": .all,
        "psubscribe": .patterns,
    ]

    /// What waits for the end of CLIENT PAUSE WRITE, though it writes no key.
    private static let publishers: Set<String> = ["publish", "spublish"]
}

/// What rules and pauses ask about a command.
struct CommandTraits: Sendable {
    /// Whether it has subcommands.
    let isContainer: Bool
    let channels: ChannelUse
    /// Whether it changes what channels a client listens to.
    let subscribes: Bool
    /// Whether replicas would have to hear of it.
    let writes: Bool
}

/// How a command uses channels.
enum ChannelUse {
    case none, one, all, patterns
}

extension CommandTable {
    /// The command's place in `names`; the subcommand's, if the call has one that is known. What is
    /// counted and what rights speak of has this place.
    func place(of command: Command, _ call: borrowing Call) -> Int {
        guard call.count > 1, specifications[Int(command.rawValue)].hasSubcommands else {
            return Int(command.rawValue)
        }
        return subcommand(call[1], of: command)?.place ?? Int(command.rawValue)
    }

    /// The command's name; with the subcommand, if the call has one that is known.
    func fullName(of command: Command, _ call: borrowing Call) -> String {
        names[place(of: command, call)]
    }
}
