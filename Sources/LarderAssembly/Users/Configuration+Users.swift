extension Configuration {
    /// Whether nobody is served who has not logged in: there is a password, or there are users and
    /// none of them is `default`.
    public var asksForPassword: Bool {
        if password != nil { return true }
        if let user = users.first(where: { $0.name == UserConfiguration.defaultName }) {
            return user.passwords.isEmpty == false
        }
        return users.isEmpty == false
    }

    /// What `users` and `password` mean together.
    func userViolations() -> [ConfigurationError] {
        let isTwice = users.contains {
            $0.name == UserConfiguration.defaultName && $0.passwords.isEmpty == false
        }
        guard isTwice, password != nil else { return [] }
        let text = "password is the password of the user 'default', which has its own in 'users'"
        return [ConfigurationError(field: "password", message: text)]
    }

    /// `users` as a file has it, without the digests.
    var userLines: [String] {
        guard users.isEmpty == false else { return [] }
        return ["users:"] + users.flatMap(Self.lines)
    }

    private static func lines(of user: UserConfiguration) -> [String] {
        func list(_ texts: [String]) -> String {
            "[\(texts.map(scalar).joined(separator: ", "))]"
        }
        var lines = ["name: \(scalar(user.name))"]
        for password in user.passwords {
            switch password {
            case .digest: lines.append("# password-sha256 is set, and not shown")
            case .file(let path): lines.append("password-file: \(scalar(path))")
            case .environment(let name): lines.append("password-environment: \(scalar(name))")
            }
        }
        if let certificate = user.certificate {
            lines.append("certificate: \(scalar(certificate))")
        }
        lines.append("can: \(list(user.can))")
        if user.deny.isEmpty == false { lines.append("deny: \(list(user.deny))") }
        lines.append("keys: \(list(user.keys))")
        if let channels = user.channels { lines.append("channels: \(list(channels))") }
        return lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
    }
}
