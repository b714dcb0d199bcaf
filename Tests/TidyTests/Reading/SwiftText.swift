/// Swift source cut into tokens and comments: enough to count and to forbid, not to compile.
///
/// A string literal is one token; code in its interpolations comes before it as tokens too. Regex
/// literals are not known: one that holds a quote would be misread.
struct SwiftText {
    struct Token {
        /// A word, a name in backticks, a string literal with its quotes, or one character.
        let text: String
        /// Counted from 1.
        let line: Int
        /// No space stands between this token and the one before.
        let isJoined: Bool
    }

    struct Comment {
        /// One line of it, with the marks that open it.
        let text: String
        /// Counted from 1.
        let line: Int
    }

    let tokens: [Token]
    let comments: [Comment]

    init(_ text: String) {
        var scanner = SwiftScanner(text)
        scanner.scanCode(isInterpolation: false)
        tokens = scanner.tokens
        comments = scanner.comments
    }

    /// The positions at which `pattern` begins: the same tokens, joined where the pattern's are.
    func occurrences(of pattern: SwiftText) -> [Int] {
        guard let first = pattern.tokens.first else { return [] }
        return tokens.indices.filter { index in
            tokens[index].text == first.text && matches(pattern, at: index)
        }
    }

    private func matches(_ pattern: SwiftText, at start: Int) -> Bool {
        guard start + pattern.tokens.count <= tokens.count else { return false }
        return pattern.tokens.indices.dropFirst().allSatisfy { offset in
            let (token, wanted) = (tokens[start + offset], pattern.tokens[offset])
            return token.text == wanted.text && (token.isJoined || !wanted.isJoined)
        }
    }
}
