/// A place in the repository that breaks a rule, and what to do about it.
struct Finding: Hashable, CustomStringConvertible {
    let path: String
    /// Counted from 1. `nil` when the whole file is meant.
    let line: Int?
    let advice: String

    init(_ path: String, line: Int? = nil, _ advice: String) {
        self.path = path
        self.line = line
        self.advice = advice
    }

    var description: String {
        line.map { "\(path):\($0): \(advice)" } ?? "\(path): \(advice)"
    }
}
