/// Comments that promise something name who and where; comments that are code go.
enum Comments {
    static func findings(_ files: [TextFile]) -> [Finding] {
        files.flatMap { file in
            comments(of: file).compactMap { line, text in
                complaint(about: text, isSwift: file.swift != nil).map {
                    Finding(file.path, line: line, $0)
                }
            }
        }
    }

    private static func comments(of file: TextFile) -> [(line: Int, text: String)] {
        if let swift = file.swift { return swift.comments.map { ($0.line, $0.text) } }
        guard file.isCode else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            line.firstIndex(of: "#").map { (index + 1, String(line[$0...])) }
        }
    }

    private static func complaint(about text: String, isSwift: Bool) -> String? {
        let words = text.split { !$0.isLetter }
        if words.contains("FIXME") || words.contains("XXX") {
            return "repair it, or write TODO(name, issue): what is missing."
        }
        if words.contains("TODO"), !isWellFormed(text) {
            return "a TODO names its owner and its issue: TODO(name, issue): what is missing."
        }
        if isSwift, looksLikeCode(text) {
            return "this looks like code: git remembers it, so delete it."
        }
        return nil
    }

    /// Every such word in the text is followed by `(name, issue):`.
    private static func isWellFormed(_ text: String) -> Bool {
        text.components(separatedByWord: "TODO").dropFirst().allSatisfy { rest in
            guard rest.first == "(", let end = rest.firstIndex(of: ")") else { return false }
            let parts = rest[rest.index(after: rest.startIndex)..<end].split(separator: ",")
            return parts.count == 2 && rest[rest.index(after: end)...].hasPrefix(":")
        }
    }

    private static let starts: Set<Substring> = [
        "let", "var", "func", "if", "for", "while", "guard", "return", "import", "try", "switch",
        "private", "public", "package", "case", "}",
    ]

    /// A plain comment that begins and ends as statements do.
    private static func looksLikeCode(_ text: String) -> Bool {
        guard !text.hasPrefix("///"), text.hasPrefix("//") else { return false }
        let words = text.dropFirst(2).split(separator: " ")
        guard let first = words.first, let last = words.last, starts.contains(first) else {
            return false
        }
        return ["{", "}"].contains(last) || ["()", ");", "})"].contains { last.hasSuffix($0) }
            || (["let", "var"].contains(first) && words.contains("="))
    }
}

extension String {
    fileprivate func components(separatedByWord word: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let found = rest.firstRange(of: word) {
            parts.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        return parts + [rest]
    }
}
