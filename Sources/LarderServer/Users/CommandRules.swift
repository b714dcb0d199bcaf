import LarderAssembly

/// Which commands a user may run, as redis writes it: `-@all +@read -keys`. Later rules win.
struct CommandRules: Sendable, Hashable {
    /// The rules in order.
    let words: [String]
    /// By place in the catalog, 64 to a word.
    private var bits: [UInt64]
    /// Whether no rule takes anything away: what is in no catalog may be run too.
    let allowsAll: Bool

    /// Everything.
    static let all = CommandRules(["+@all"])
    /// Nothing.
    static let none = CommandRules(["-@all"])

    /// The rules of a user's `can` and `deny`.
    ///
    /// - Throws: `UserFailure` that names the first word that means nothing.
    init(_ user: UserConfiguration) throws(UserFailure) {
        let words = Self.words(user)
        for word in words {
            guard Self.members(of: word.dropFirst()) == nil else { continue }
            throw UserFailure(
                unknown: String(word.dropFirst()), of: user.name,
                in: word.hasPrefix("+") ? "can" : "deny")
        }
        self.init(words)
    }

    private init(_ words: [String]) {
        self.words = words
        bits = [UInt64](repeating: 0, count: (CommandCatalog.shared.names.count + 63) / 64)
        allowsAll = words == ["+@all"]
        for word in words { apply(word) }
    }

    private static func words(_ user: UserConfiguration) -> [String] {
        let roles: Set = ["read", "write", "admin"]
        let may = roles.intersection(user.can)
        var words: [String]
        if may.contains("admin") {
            words = ["+@all"]
            if may.contains("read") == false { words.append("-@read") }
            if may.contains("write") == false { words.append("-@write") }
        } else {
            // What every client library sends, and what names no key.
            words = [
                "-@all", "+@connection", "+@transaction", "+@pubsub", "+time", "+acl|whoami",
                "-@dangerous",
            ]
            if may.contains("read") { words.append("+@read") }
            if may.contains("write") { words.append("+@write") }
        }
        words += user.can.filter { roles.contains($0) == false }.map { "+\($0)" }
        return words + user.deny.map { "-\($0)" }
    }

    /// The places that a word of a rule means; nil when it means nothing.
    private static func members(of name: Substring) -> [Int]? {
        let catalog = CommandCatalog.shared
        if name == "@all" { return Array(catalog.names.indices) }
        if name.hasPrefix("@") {
            let category = CommandCategories(named: String(name.dropFirst()))
            guard !category.isEmpty else { return nil }
            return catalog.names.indices.filter { catalog.categories[$0].contains(category) }
        }
        guard let place = catalog.place(of: String(name)) else { return nil }
        // A container stands for all of its subcommands.
        let prefix = name + "|"
        return [place] + catalog.names.indices.filter { catalog.names[$0].hasPrefix(prefix) }
    }

    private mutating func apply(_ rule: String) {
        for place in Self.members(of: rule.dropFirst()) ?? [] {
            let bit: UInt64 = 1 << UInt64(place & 63)
            if rule.hasPrefix("+") { bits[place >> 6] |= bit } else { bits[place >> 6] &= ~bit }
        }
    }

    /// Whether the command at a place in the catalog may be run.
    func allow(_ place: Int) -> Bool { bits[place >> 6] & 1 << UInt64(place & 63) != 0 }
}

/// Why the users of a configuration cannot be, in a sentence.
struct UserFailure: Error, Hashable, CustomStringConvertible {
    let description: String
    /// The key at fault, such as `users.app.can`, and which element of its list.
    let key: String
    let element: String?

    init(_ failure: UserSecretFailure) {
        (description, key, element) = (failure.description, failure.key, failure.element)
    }

    init(unknown word: String, of user: String, in list: String) {
        (key, element) = ("users.\(user).\(list)", word)
        let known = CommandCatalog.shared.names + CommandCategories.names.map { "@\($0)" }
        let hint = Suggestion.question(for: word, among: known + ["read", "write", "admin"])
        description =
            "users: '\(user)': '\(word)' is no command or category"
            + (hint.isEmpty ? "; can and deny take read, write, admin, keys, @pubsub …" : hint)
    }
}
