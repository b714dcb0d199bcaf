/// Names of files and folders, and paths that exist on one machine only.
enum Names {
    private static let saysNothing: Set = [
        "utils", "util", "utilities", "helpers", "helper", "common", "misc", "new", "old", "v2",
    ]
    private static let endings = ["Utils", "Helpers", "Utilities"]

    static func findings(_ paths: [String]) -> [Finding] {
        paths.flatMap { path in
            path.split(separator: "/").compactMap { part -> Finding? in
                if part.contains(where: \.isWhitespace) {
                    return Finding(path, "'\(part)' has a blank in its name.")
                }
                let stem = part.split(separator: ".").first ?? part
                guard
                    saysNothing.contains(stem.lowercased())
                        || endings.contains(where: stem.hasSuffix)
                else { return nil }
                return Finding(path, "'\(part)' says nothing: name the concept that it holds.")
            }
        }
    }
}

enum MachinePaths {
    /// In two parts, so that this file does not find itself.
    private static let folders = ["work", "root", "home", "Users"].map { "/" + $0 + "/" }

    static func findings(_ files: [TextFile]) -> [Finding] {
        files.flatMap { file -> [Finding] in
            guard folders.contains(where: { file.text.contains($0) }) else { return [] }
            return file.lines.enumerated().compactMap { index, line in
                guard let folder = folders.first(where: { hasAbsolutePath($0, in: line) }) else {
                    return nil
                }
                return Finding(
                    file.path, line: index + 1,
                    "'\(folder)…' is a path of one machine: make it relative or an argument.")
            }
        }
    }

    /// Whether the folder stands at the start of a path, not in its middle as in `docs/work/`.
    private static func hasAbsolutePath(_ folder: String, in line: Substring) -> Bool {
        var rest = line
        while let found = rest.firstRange(of: folder) {
            let before = rest[..<found.lowerBound].last
            if before.map({ !$0.isLetter && !$0.isNumber && !"._-}$)~*".contains($0) }) ?? true {
                return true
            }
            rest = rest[found.upperBound...]
        }
        return false
    }
}
