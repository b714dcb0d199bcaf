import LarderAssembly
import LarderCore

/// An option of a command.
struct CommandOption: Sendable {
    /// With its dashes: `--requests`.
    let name: String
    /// What stands for its value in the help; `nil` for an option without one.
    let value: String?
    let help: String

    init(_ name: String, _ value: String?, _ help: String) {
        self.name = name
        self.value = value
        self.help = help
    }

    /// Lines for the help, aligned.
    static func help(_ options: [CommandOption]) -> String {
        let heads = options.map { $0.name + ($0.value.map { " \($0)" } ?? "") }
        let width = heads.map(\.count).max() ?? 0
        return zip(heads, options).map { head, option in
            "  \(head)\(String(repeating: " ", count: width - head.count + 2))\(option.help)"
        }.joined(separator: "\n")
    }
}

/// The words of a command line, told apart: `--name value`, `--name=value`, `--flag`, and the rest.
/// After `--` all is rest.
struct Arguments {
    /// Words that belong to no option.
    let positionals: [String]
    private let values: [String: String]

    /// - Throws: A usage failure for an unknown option (with the nearest known one), an option
    ///   without its value or given twice.
    init(_ words: [String], options: [CommandOption]) throws(CommandFailure) {
        var positionals: [String] = []
        var values: [String: String] = [:]
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                positionals += rest
                break
            }
            guard word.hasPrefix("--") else {
                positionals.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let option = try Self.option(String(parts[0]), among: options)
            let inline = parts.count > 1 ? String(parts[1]) : nil
            let value = try Self.value(of: option, inline: inline, rest: &rest)
            guard values.updateValue(value, forKey: option.name) == nil else {
                throw .usage("\(option.name) is given twice")
            }
        }
        self.positionals = positionals
        self.values = values
    }

    /// Whether the option is given.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// The option's value as it was typed.
    func text(_ name: String) -> String? { values[name] }

    /// The option's value as a whole number in `range`.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let most = range.upperBound == .max ? "on" : "to \(range.upperBound)"
            throw .usage(
                "\(name) is '\(text)', but must be a whole number from \(range.lowerBound) \(most)")
        }
        return number
    }

    /// The option's value as a number in `range`.
    func number(_ name: String, in range: ClosedRange<Double>) throws(CommandFailure) -> Double? {
        guard let text = values[name] else { return nil }
        guard let number = Double(text), range.contains(number) else {
            throw .usage(
                "\(name) is '\(text)', but must be a number "
                    + "from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The option's value as a number of bytes, with or without a unit.
    func byteCount(_ name: String, in range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
        guard let text = values[name] else { return nil }
        let count: ByteCount
        do throws(TextFormError) {
            count = try ByteCount(parsing: text)
        } catch {
            throw .usage("\(name) is '\(text)': \(error)")
        }
        guard range.contains(count.bytes) else {
            throw .usage(
                "\(name) is '\(text)', but must be from \(range.lowerBound) "
                    + "to \(ByteCount(range.upperBound))")
        }
        return count.bytes
    }

    /// The option's value as one of `choices`, the first of which is taken when it is not given.
    func choice(_ name: String, of choices: [String]) throws(CommandFailure) -> String {
        guard let text = values[name] else { return choices[0] }
        guard choices.contains(text) else {
            throw .usage("\(name) is '\(text)', but must be \(choices.joined(separator: " or "))")
        }
        return text
    }

    private static func option(
        _ name: String, among options: [CommandOption]
    ) throws(CommandFailure) -> CommandOption {
        if let found = options.first(where: { $0.name == name }) { return found }
        let hint = Suggestion.question(for: name, among: options.map(\.name))
        throw .usage("there is no option '\(name)'\(hint)")
    }

    private static func value(
        of option: CommandOption, inline: String?, rest: inout ArraySlice<String>
    ) throws(CommandFailure) -> String {
        guard let placeholder = option.value else {
            guard inline == nil else { throw .usage("\(option.name) takes no value") }
            return ""
        }
        guard let value = inline ?? rest.popFirst() else {
            throw .usage("\(option.name) needs a value: \(option.name) \(placeholder)")
        }
        return value
    }
}
