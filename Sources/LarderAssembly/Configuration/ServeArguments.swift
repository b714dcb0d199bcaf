/// The arguments of `larder serve`: `[FILE] [--key value]…`.
public struct ServeArguments: Sendable, Hashable {
    /// The configuration file.
    public private(set) var file: String?
    /// The flags in the order given.
    public private(set) var flags: [ConfigurationInput.Flag] = []
    /// Whether `--help` was among them.
    public private(set) var asksForHelp = false

    /// Reads the arguments behind `serve`.
    ///
    /// - Throws: `ConfigurationProblems` for a second file. What flags mean is not looked at.
    public init(_ arguments: [String]) throws(ConfigurationProblems) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--help" || argument == "-h" {
                asksForHelp = true
            } else if argument.hasPrefix("--") {
                flags.append(Self.flag(argument.dropFirst(2), &rest))
            } else if file == nil, argument.hasPrefix("-") == false {
                file = argument
            } else {
                let what = argument.hasPrefix("-") ? "unknown flag" : "a second file"
                let text = "\(what); the form is: larder serve [FILE] [--key value]"
                throw ConfigurationProblems([
                    ConfigurationProblem(source: .flag(name: argument.clipped), message: text)
                ])
            }
        }
    }

    /// `--key=value`, or `--key value` where the value does not look like the next flag.
    private static func flag(
        _ text: Substring, _ rest: inout ArraySlice<String>
    ) -> ConfigurationInput.Flag {
        if let equals = text.firstIndex(of: "=") {
            let value = String(text[text.index(after: equals)...])
            return ConfigurationInput.Flag(path: String(text[..<equals]), value: value)
        }
        let hasValue = rest.first.map { $0.hasPrefix("--") == false } ?? false
        return ConfigurationInput.Flag(
            path: String(text), value: hasValue ? rest.popFirst() : nil)
    }

    /// The configuration of these arguments, their file and `environment`.
    ///
    /// - Throws: `ConfigurationProblems`, all that is wrong in any of the sources.
    public func load(
        environment: [String: String]
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        try ConfigurationSources(arguments: self, environment: environment).load()
    }
}
