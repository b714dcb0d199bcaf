/// Keeps what the compiler cannot check few, explained and in one place.
enum Unsafe {
    /// Marks that switch a check off. Each use says in a comment why it is safe.
    static let marks = ["@unchecked Sendable", "nonisolated(unsafe)"]
    /// Calls with a budget but without a duty to explain themselves.
    static let calls = ["fatalError("]

    static let budget = Limit(
        normal: 0, hard: 100, unit: "uses",
        remedy: "do without, or raise the budget with a reason that a reviewer accepts.")
    static let pointers = Limit(
        normal: 0, hard: 200, unit: "mentions of unsafe pointers",
        remedy: "keep pointers in a folder Memory/ behind a @safe type, and pass spans.")

    static func unexplained(_ files: [TextFile]) -> [Finding] {
        files.flatMap { file -> [Finding] in
            guard let swift = file.swift else { return [] }
            return marks.flatMap { mark in
                swift.occurrences(of: SwiftText(mark)).map { swift.tokens[$0].line }
                    .filter { !isExplained($0, in: file, swift) }
                    .map { Finding(file.path, line: $0, "'\(mark)' needs '// Safety:' above it.") }
            }
        }
    }

    /// Whether a comment on this line, or on those directly above, says why it is safe.
    private static func isExplained(_ line: Int, in file: TextFile, _ swift: SwiftText) -> Bool {
        let lines = file.lines
        var current = line
        while current > 0 {
            let comments = swift.comments.filter { $0.line == current }
            if comments.contains(where: { $0.text.contains("Safety:") }) { return true }
            current -= 1
            guard current > 0 else { return false }
            let above = lines[current - 1].drop(while: \.isWhitespace)
            guard above.hasPrefix("//") || above.hasPrefix("@") else { return false }
        }
        return false
    }

    static func measuredBudgets(_ files: [TextFile]) -> [String: Int] {
        let counts = (marks + calls).map { name in
            let pattern = SwiftText(name)
            return (name, files.reduce(0) { $0 + ($1.swift?.occurrences(of: pattern).count ?? 0) })
        }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    static func budgets(_ files: [TextFile], allowed: [String: Int]) -> [Finding] {
        budget.findings(measured: measuredBudgets(files), allowed: allowed)
    }

    /// How often each library file outside of a Memory folder names an unsafe pointer type.
    static func measuredPointers(_ files: [TextFile]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for file in files where file.path.hasPrefix("Sources/") {
            guard let swift = file.swift, !file.components.dropLast().contains("Memory") else {
                continue
            }
            counts[file.path] = swift.tokens.count { token in
                token.text.hasPrefix("Unsafe") && token.text.hasSuffix("Pointer")
            }
        }
        return counts
    }

    static func pointers(_ files: [TextFile], allowed: [String: Int]) -> [Finding] {
        pointers.findings(measured: measuredPointers(files), allowed: allowed)
    }
}
