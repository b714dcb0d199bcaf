/// Links between the documents lead somewhere.
enum DocLinks {
    /// Findings in the documents among `files`; `paths` are all files that a link may lead to.
    static func findings(_ files: [TextFile], paths: [String]) -> [Finding] {
        let targets = Set(paths).union(paths.flatMap(folders))
        return files.filter { $0.path.hasSuffix(".md") }.flatMap { file in
            links(in: file).compactMap { line, link in
                guard let target = resolve(link, from: file.path) else { return nil }
                guard !targets.contains(target) else { return nil }
                return Finding(
                    file.path, line: line, "the link '\(link)' leads nowhere (\(target)).")
            }
        }
    }

    /// All folders above a file. The root is the empty text.
    private static func folders(of path: String) -> [String] {
        let parts = path.split(separator: "/").dropLast()
        return (0...parts.count).map { parts.prefix($0).joined(separator: "/") }
    }

    /// The `…` of each `](…)` outside of code.
    private static func links(in file: TextFile) -> [(line: Int, link: String)] {
        var found: [(Int, String)] = []
        var isCode = false
        for (index, line) in file.lines.enumerated() {
            if line.drop(while: \.isWhitespace).hasPrefix("```") { isCode.toggle() }
            guard !isCode else { continue }
            // Every second part lies between backticks.
            let parts = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            let text = parts.map { $0.offset.isMultiple(of: 2) ? $0.element : "code" }.joined()
            var rest = text[...]
            while let start = rest.firstRange(of: "]("),
                let end = rest[start.upperBound...].firstIndex(of: ")")
            {
                found.append((index + 1, String(rest[start.upperBound..<end])))
                rest = rest[end...]
            }
        }
        return found
    }

    /// The path from the root that a link means; `nil` for links out of the repository and within
    /// the same document.
    private static func resolve(_ link: String, from path: String) -> String? {
        guard !link.contains("://"), !link.hasPrefix("mailto:"), !link.hasPrefix("#") else {
            return nil
        }
        var parts = path.split(separator: "/").dropLast()
        for part in link.prefix(while: { $0 != "#" && $0 != " " }).split(separator: "/") {
            if part == ".." {
                guard !parts.isEmpty else { return link }
                parts.removeLast()
            } else if part != "." {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
