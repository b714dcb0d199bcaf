/// Finds what a misspelt name was meant to be.
enum NearestName {
    /// `; did you mean 'trace'?`, or nothing when no name is near.
    static func hint(for name: String, among names: [String]) -> String {
        nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The name with the fewest edits, if they are at most a third of its letters, or two.
    static func nearest(to name: String, among names: [String]) -> String? {
        let distances = names.map { (name: $0, edits: edits(from: name, to: $0)) }
        guard let best = distances.min(by: { $0.edits < $1.edits }) else { return nil }
        return best.edits <= max(2, best.name.count / 3) ? best.name : nil
    }

    /// Letters to insert, remove or replace (Levenshtein's distance).
    private static func edits(from source: String, to target: String) -> Int {
        let goal = Array(target)
        var row = Array(0...goal.count)
        for (line, letter) in source.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in goal.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[goal.count]
    }
}
