/// A function, initializer, subscript or computed property that has a body.
struct SwiftFunction: Equatable {
    let name: String
    let line: Int
    /// From the keyword's line to that of the closing brace.
    let lineCount: Int
}

extension SwiftText {
    private static let keywords: Set = ["func", "init", "deinit", "subscript", "var"]

    /// Words that begin a declaration, so that what came before had no body.
    private static let beginners: Set = [
        "func", "init", "deinit", "subscript", "var", "let", "static", "class", "struct", "enum",
        "actor", "protocol", "extension", "typealias", "associatedtype", "case", "import", "public",
        "package", "internal", "fileprivate", "private", "mutating", "nonmutating", "consuming",
        "borrowing", "final", "override", "nonisolated", "@", "#",
    ]

    var functions: [SwiftFunction] {
        tokens.indices.compactMap { index in
            guard Self.keywords.contains(tokens[index].text), isDeclaration(at: index),
                let start = bodyStart(after: index)
            else { return nil }
            let first = tokens[index]
            let next = tokens[index + 1].text
            let isNamed = ["func", "var"].contains(first.text)
            return SwiftFunction(
                name: isNamed ? next : first.text, line: first.line,
                lineCount: tokens[bodyEnd(from: start)].line - first.line + 1)
        }
    }

    /// `.init(…)` and `self.init(…)` are calls.
    private func isDeclaration(at index: Int) -> Bool {
        index == 0 || tokens[index - 1].text != "."
    }

    private func bodyStart(after keyword: Int) -> Int? {
        var depth = 0
        for index in (keyword + 1)..<tokens.endIndex {
            let token = tokens[index]
            let isNewLine = token.line > tokens[index - 1].line
            if depth == 0, isNewLine, tokens[keyword].text == "var" { return nil }
            if depth == 0, isNewLine, Self.beginners.contains(token.text) { return nil }
            switch token.text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return index
            case "}" where depth == 0: return nil
            default: break
            }
            if depth < 0 { return nil }
        }
        return nil
    }

    private func bodyEnd(from start: Int) -> Int {
        var depth = 0
        for index in start..<tokens.endIndex {
            if tokens[index].text == "{" { depth += 1 }
            if tokens[index].text == "}" { depth -= 1 }
            if depth == 0 { return index }
        }
        return tokens.endIndex - 1
    }
}
