/// A text file of the repository, by its path from the root.
struct TextFile {
    let path: String
    let text: String
    /// Tokens and comments, when this is Swift.
    let swift: SwiftText?

    init(path: String, text: String) {
        self.path = path
        self.text = text
        self.swift = path.hasSuffix(".swift") ? SwiftText(text) : nil
    }

    /// The lines without their ends.
    var lines: [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// The parts of the path: folders, then the file's name.
    var components: [Substring] { path.split(separator: "/") }

    /// The target that a file under Sources or Tests belongs to.
    var target: String? {
        let components = components
        guard components.count > 2, ["Sources", "Tests"].contains(components[0]) else { return nil }
        return String(components[1])
    }

    /// Whether it is a program text, in any language we write.
    var isCode: Bool {
        swift != nil || path.hasSuffix(".py") || text.hasPrefix("#!")
    }
}
