/// The pages of all commands, read once from texts in the source.
///
/// A page begins at the margin with the command's name and what it does, and goes on with lines
/// further in; its arguments are nested by their depth:
///
///     set: store a value
///       acl string
///       doc string 1.0.0 O(1)
///       key RW access update 1 0 1
///       arg key key @0
///       arg expiration oneof optional
///         seconds integer =EX
///
/// `same expire condition` takes over an argument of a page that stands before in the same text.
///
/// A subcommand has its arity and flags, which commands have in `Command.swift`:
/// `client|id 2 noscript loading stale: …`.
struct CommandManual: Sendable {
    static let shared = CommandManual(
        ManualText.strings, ManualText.keys, ManualText.bits, ManualText.connections,
        ManualText.publishing, ManualText.server, ManualText.administration)

    private var pages: [String: CommandPage] = [:]

    /// Reads texts of pages.
    init(_ texts: StaticString...) {
        for text in texts {
            var reader = ManualReader("\(text)")
            for page in reader.pages() {
                guard let bar = page.name.firstIndex(of: "|") else {
                    pages[page.name] = page
                    continue
                }
                pages[String(page.name[..<bar]), default: CommandPage("", "")]
                    .subcommands.append(page)
            }
        }
    }

    /// The page of a command. Those that redis does not have tell their name only.
    func page(of command: String) -> CommandPage {
        pages[command] ?? CommandPage(command, "a command of Larder")
    }

    var names: [String] { pages.keys.sorted() }
}

/// Reads the pages of one text.
struct ManualReader {
    private var lines: [(depth: Int, words: [Substring], text: Substring)]
    private var next = 0
    private var finished: [CommandPage] = []

    init(_ text: String) {
        lines = text.split(separator: "\n").map { line in
            let body = line.drop { $0 == " " }
            return ((line.count - body.count) / 2, body.split(separator: " "), body)
        }
    }

    mutating func pages() -> [CommandPage] {
        while next < lines.count { finished.append(page()) }
        return finished
    }

    private mutating func page() -> CommandPage {
        let head = lines[next].text
        next += 1
        let colon = head.firstIndex(of: ":") ?? head.endIndex
        let row = head[..<colon].split(separator: " ")
        let summary = head[colon...].dropFirst().drop { $0 == " " }
        var page = CommandPage(String(row[0]), String(summary))
        if row.count > 1 { page.arity = Int(row[1]) ?? 0 }
        page.flags = row.dropFirst(2).map(String.init)
        while next < lines.count, lines[next].depth > 0 { readLine(into: &page) }
        return page
    }

    private mutating func readLine(into page: inout CommandPage) {
        let words = lines[next].words
        let rest = words.dropFirst().map(String.init)
        guard words[0] != "arg" else {
            page.arguments.append(argument(rest, depth: lines[next].depth))
            return
        }
        next += 1
        switch words[0] {
        case "acl":
            page.ownCategories = rest.reduce(into: []) { $0.insert(CommandCategories(named: $1)) }
        case "tips": page.tips = rest
        case "doc":
            (page.group, page.since) = (rest[0], rest[1])
            page.complexity = rest[2...].joined(separator: " ")
        case "key": page.keys.append(Self.key(rest))
        case "note": page.keys[page.keys.count - 1].note = rest.joined(separator: " ")
        case "same": page.arguments.append(earlierArgument(rest[1], of: rest[0]))
        case "syscmd": page.isForSystem = true
        case "instead": page.deprecation = (rest[0], rest[1...].joined(separator: " "))
        default: preconditionFailure("A line of the manual begins with a known word.")
        }
    }

    private func earlierArgument(_ name: String, of page: String) -> CommandArgument {
        let arguments = finished.last { $0.name == page }?.arguments
        guard let argument = arguments?.first(where: { $0.name == name }) else {
            preconditionFailure("The manual has an argument before another takes it over.")
        }
        return argument
    }

    private static func key(_ words: [String]) -> KeySpecification {
        let numbers = words.suffix(3).compactMap { Int($0) }
        precondition(numbers.count == 3, "Keys have a first one, a last one and a step.")
        return KeySpecification(
            flags: words.dropLast(3), first: numbers[0], last: numbers[1], step: numbers[2])
    }

    /// Reads an argument, and those within it.
    private mutating func argument(_ words: [String], depth: Int) -> CommandArgument {
        next += 1
        var argument = CommandArgument(name: words[0], type: words[1])
        for word in words.dropFirst(2) {
            switch word.first {
            case "=": argument.token = String(word.dropFirst())
            case "@": argument.key = Int(word.dropFirst())
            case "+": argument.since = String(word.dropFirst())
            case "-": argument.deprecatedSince = String(word.dropFirst())
            default: argument.flags.append(word)
            }
        }
        while next < lines.count, lines[next].depth > depth {
            let inner = lines[next]
            argument.arguments.append(
                self.argument(inner.words.map(String.init), depth: inner.depth))
        }
        return argument
    }
}
