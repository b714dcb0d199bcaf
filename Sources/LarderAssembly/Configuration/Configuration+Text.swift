extension Configuration {
    /// The whole configuration as a file that means the same.
    ///
    /// Only the password is left out: what is printed ends in tickets and chats.
    public var yaml: String {
        var lines: [String] = []
        for section in [nil] + Setting.sections.map(Optional.some) {
            if let section { lines.append("\(section):") }
            let indent = section == nil ? "" : "  "
            for setting in Setting.all where setting.section == section {
                lines.append(indent + line(of: setting))
            }
        }
        return (lines + userLines + originLines + namespaceLines).joined(separator: "\n") + "\n"
    }

    private func line(of setting: Setting) -> String {
        let texts = setting.texts(self)
        guard setting.isSecret == false else {
            return "# \(setting.name) is \(texts == [""] ? "not set" : "set, and not shown")"
        }
        let scalars = texts.map(Self.scalar)
        let value = scalars.count == 1 ? scalars[0] : "[\(scalars.joined(separator: ", "))]"
        return "\(setting.name): \(value)"
    }

    /// `text` as a YAML scalar: plain where that is safe, otherwise quoted.
    static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            default: [0x25, 0x2D, 0x2E, 0x2F, 0x3A, 0x5F].contains(byte)  // % - . / : _
            }
        }
        let begins = text.first.map { $0.isLetter || $0.isNumber || "./".contains($0) } ?? false
        if isPlain, begins, text.hasSuffix(":") == false, text != "null" { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 32 || (127..<160).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// What `larder serve --help` prints: every key with its default.
    public static var help: String {
        let defaults = Configuration()
        let rows = Setting.all.map { setting in
            let value = setting.texts(defaults).joined(separator: ",")
            return (flag: "--\(setting.path)", value: value.isEmpty ? "none" : value, setting)
        }
        let flagWidth = rows.map(\.flag.count).max() ?? 0
        let valueWidth = rows.map(\.value.count).max() ?? 0
        let lines = rows.map { row in
            "  \(row.flag.padded(to: flagWidth))  \(row.value.padded(to: valueWidth))"
                + "  \(row.2.summary)"
        }
        return """
            usage: larder serve [FILE] [--key value]…

            Examples: larder serve --memory.limit 2gb --listen.resp 127.0.0.1:6379
                      larder serve larder.yaml

            Keys with their defaults. In FILE (YAML) they stand in sections; in the environment
            'memory.limit' is LARDER_MEMORY_LIMIT. A flag wins over the environment, the
            environment over FILE.

            \(lines.joined(separator: "\n"))

            Sizes are 512mb, durations 2.5s, shares 50%; several addresses are given with commas.
            Users stand in FILE only: users: [ { name: shop, password-file: shop.pw,
            can: [read, write], keys: ["shop:*"] } ]; docs/users-and-tls.md has all of it.
            So do origins and namespaces; see docs/namespaces.md.
            'larder check FILE' says what is wrong with a file. SIGHUP reads FILE, passwords and
            certificates again. SIGTERM and Ctrl-C end the server.
            """
    }
}

extension String {
    /// The text with blanks behind it up to `width` characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
