/// `users`: a list of mappings, which only the file can give.
extension ConfigurationReader {
    mutating func readUsers(_ node: YAMLNode, of file: String) {
        switch node.content {
        case .sequence(let nodes):
            var users: [UserConfiguration] = []
            for node in nodes.prefix(UserConfiguration.countMax + 1) {
                guard let user = readUser(node, of: file) else { continue }
                if users.contains(where: { $0.name == user.name }) {
                    report("user '\(user.name.clipped)' stands above already", at: node, of: file)
                }
                users.append(user)
            }
            if nodes.count > UserConfiguration.countMax {
                report("users are at most \(UserConfiguration.countMax)", at: node, of: file)
            }
            configuration.users = users
        case .empty: configuration.users = []
        default: report("users is a list, such as \(Self.example)", at: node, of: file)
        }
    }

    private static var example: String {
        "[{ name: app, password-file: /run/secrets/app, can: [read, write], keys: [\"app:*\"] }]"
    }

    mutating func report(_ message: String, at node: YAMLNode, of file: String) {
        report(message, .file(name: file, position: node.position))
    }

    private mutating func readUser(_ node: YAMLNode, of file: String) -> UserConfiguration? {
        guard case .mapping(let entries) = node.content else {
            report("a user is keys with values, such as \(Self.example)", at: node, of: file)
            return nil
        }
        var user = UserConfiguration(name: "")
        let before = problems.count
        for entry in entries { read(entry, into: &user, of: file) }
        guard problems.count == before else { return nil }
        guard user.name.isEmpty == false else {
            report("a user has a name, such as 'name: app'", at: node, of: file)
            return nil
        }
        for violation in user.violations() { report(violation, at: node, of: file) }
        for entry in entries { note(entry, of: user.name, in: file) }
        return user
    }

    /// Remembers where it stands, for what is only found out when the user is made.
    private mutating func note(_ entry: YAMLNode.Entry, of user: String, in file: String) {
        var elements: [String: ConfigurationSource] = [:]
        if case .sequence(let nodes) = entry.value.content {
            for node in nodes {
                guard case .scalar(let text) = node.content else { continue }
                elements[text] = .file(name: file, position: node.position)
            }
        }
        let source = ConfigurationSource.file(name: file, position: entry.value.position)
        places.note("users.\(user).\(entry.key)", source, elements: elements)
    }

    /// The keys of a user.
    static let userKeys = [
        "name", "password-file", "password-sha256", "password-environment", "certificate", "can",
        "deny", "keys", "channels",
    ]

    private mutating func read(
        _ entry: YAMLNode.Entry, into user: inout UserConfiguration, of file: String
    ) {
        guard Self.userKeys.contains(entry.key) else {
            let source = ConfigurationSource.file(name: file, position: entry.position)
            return report(Self.complaint(aboutKey: entry.key), source)
        }
        guard let texts = texts(of: entry, in: file) else { return }
        if let problem = Self.assign(entry.key, texts, &user) {
            report(problem, at: entry.value, of: file)
        }
    }

    private static func complaint(aboutKey key: String) -> String {
        if key == "password" {
            return "a user's password does not stand here; its file does ('password-file'), its"
                + " digest ('password-sha256') or its variable ('password-environment')"
        }
        if let meant = Suggestion.nearest(to: key, in: userKeys) {
            return "unknown key '\(key.clipped)' of a user; did you mean '\(meant)'?"
        }
        return "unknown key '\(key.clipped)' of a user; the keys are "
            + userKeys.joined(separator: ", ")
    }

    /// One text, or those of a list; nil after an error was reported.
    private mutating func texts(of entry: YAMLNode.Entry, in file: String) -> [String]? {
        let form = "\(entry.key) is a text or a list of texts"
        switch entry.value.content {
        case .scalar(let text): return [text]
        case .empty: return []
        case .mapping:
            report(form, at: entry.value, of: file)
            return nil
        case .sequence(let nodes):
            let texts = nodes.compactMap {
                if case .scalar(let text) = $0.content { text } else { nil }
            }
            guard texts.count == nodes.count, texts.count <= UserConfiguration.listMax else {
                let most = "; at most \(UserConfiguration.listMax)"
                report(texts.count == nodes.count ? form + most : form, at: entry.value, of: file)
                return nil
            }
            return texts
        }
    }

    /// Puts the value of `key` into `user`; what is wrong with it otherwise.
    private static func assign(
        _ key: String, _ texts: [String], _ user: inout UserConfiguration
    ) -> String? {
        switch key {
        case "name", "certificate":
            guard texts.count == 1, texts[0].isPlainWord else {
                return "\(key) is one text without blanks, such as 'app'"
            }
            if key == "name" { user.name = texts[0] } else { user.certificate = texts[0] }
        case "password-sha256":
            let digests = texts.compactMap { PasswordDigest(hex: $0) }
            guard digests.count == texts.count else {
                return "password-sha256 is 64 hexadecimal digits, as sha256sum prints them"
            }
            user.passwords += digests.map { .digest($0) }
        case "password-file": user.passwords += texts.map { .file($0) }
        case "password-environment": user.passwords += texts.map { .environment($0) }
        case "can", "deny":
            guard texts.allSatisfy(\.isPlainWord) else {
                return "\(key) is a list of words, such as [read, write]"
            }
            let words = texts.map { $0.lowercased() }
            if key == "can" { user.can = words } else { user.deny = words }
        default: return assignPatterns(key, texts, &user)
        }
        return nil
    }

    private static func assignPatterns(
        _ key: String, _ texts: [String], _ user: inout UserConfiguration
    ) -> String? {
        guard texts.allSatisfy({ $0.utf8.allSatisfy { $0 > 32 } }) else {
            return "\(key) is a list of patterns without blanks, such as [\"app:*\"]"
        }
        if key == "keys" { user.keys = texts } else { user.channels = texts }
        return nil
    }
}

extension String {
    /// Whether it is something, without blanks and control characters.
    fileprivate var isPlainWord: Bool {
        isEmpty == false && utf8.count <= 128 && utf8.allSatisfy { $0 > 32 && $0 != 127 }
    }
}
