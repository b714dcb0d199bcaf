/// A value that cannot work, with what would.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The key, such as `memory.limit`.
    public let field: String
    /// A sentence that begins with the key: what it is and what it may be.
    public let message: String
    /// Other keys that the judgement rests on; it is worth nothing when one of them is wrong.
    var others: [String] = []

    /// The sentence.
    public var description: String { message }
}

/// Where a value was given.
public enum ConfigurationSource: Sendable, Hashable, CustomStringConvertible {
    /// In a file, at a place.
    case file(name: String, position: YAMLNode.Position)
    /// In a file that could not be read at all.
    case unreadable(name: String)
    /// On the command line; `name` as in `--memory.limit`.
    case flag(name: String)
    /// In the environment.
    case environment(name: String)
    /// Nowhere: it is the default.
    case builtIn

    /// The sources in the order in which they are told, and places within a file.
    var rank: (Int, Int, Int) {
        switch self {
        case .unreadable: (0, 0, 0)
        case .file(_, let position): (0, position.line, position.column)
        case .environment: (1, 0, 0)
        case .flag: (2, 0, 0)
        case .builtIn: (3, 0, 0)
        }
    }

    /// What a message about the value begins with.
    public var description: String {
        switch self {
        case .file(let name, let position): "\(name):\(position.line):\(position.column)"
        case .unreadable(let name): name
        case .flag(let name): name
        case .environment(let name): "environment \(name)"
        case .builtIn: "default"
        }
    }
}

/// One thing to tell about a configuration.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where.
    public let source: ConfigurationSource
    /// What, and what would be right.
    public let message: String

    /// A problem that was found by somebody who knows where it lies.
    public init(source: ConfigurationSource, message: String) {
        self.source = source
        self.message = message
    }

    /// One line, as printed.
    public var description: String { "\(source): \(message)" }
}

/// Everything that is wrong with a configuration, at most `countMax` of it.
public struct ConfigurationProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// Most errors told at once. More than a screen helps nobody.
    public static let countMax = 20

    /// The errors, in the order of the sources: file, environment, flags.
    public let problems: [ConfigurationProblem]
    /// How many more there are.
    public let omittedCount: Int

    /// All that is wrong, at least one thing.
    public init(_ all: [ConfigurationProblem]) {
        let sorted = all.sorted { $0.source.rank < $1.source.rank }
        problems = Array(sorted.prefix(Self.countMax))
        omittedCount = all.count - problems.count
    }

    /// One line each.
    public var description: String {
        let lines = problems.map(\.description)
        let rest = omittedCount > 0 ? ["… and \(omittedCount) more"] : []
        return (lines + rest).joined(separator: "\n")
    }
}
