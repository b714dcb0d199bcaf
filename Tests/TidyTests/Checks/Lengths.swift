/// Files, functions and lines that a reader can hold in mind.
enum Lengths {
    static let source = Limit(
        normal: 300, hard: 500, unit: "lines", remedy: "split it by concept (Type+Aspect.swift).")
    static let test = Limit(
        normal: 400, hard: 500, unit: "lines", remedy: "split it by subject.")
    static let function = Limit(
        normal: 40, hard: 70, unit: "lines", remedy: "name its parts and make them functions.")
    static let lineWidthMax = 100

    static func isTest(_ path: String) -> Bool { path.hasPrefix("Tests/") }

    static func measuredFiles(_ files: [TextFile]) -> [String: Int] {
        let code = files.filter(\.isCode).map { ($0.path, $0.lines.count) }
        return Dictionary(uniqueKeysWithValues: code)
    }

    static func files(_ files: [TextFile], allowed: [String: Int]) -> [Finding] {
        let all = measuredFiles(files)
        return source.findings(
            measured: all.filter { !isTest($0.key) }, allowed: allowed.filter { !isTest($0.key) })
            + test.findings(
                measured: all.filter { isTest($0.key) }, allowed: allowed.filter { isTest($0.key) })
    }

    /// Lines of each function by `file#name`; of overloads the longest.
    static func measuredFunctions(_ files: [TextFile]) -> [String: Int] {
        var lengths: [String: Int] = [:]
        for file in files {
            for function in file.swift?.functions ?? [] {
                lengths["\(file.path)#\(function.name)", default: 0].raise(to: function.lineCount)
            }
        }
        return lengths
    }

    static func functions(_ files: [TextFile], allowed: [String: Int]) -> [Finding] {
        function.findings(measured: measuredFunctions(files), allowed: allowed)
    }

    static func lines(_ files: [TextFile]) -> [Finding] {
        files.filter(\.isCode).flatMap { file in
            file.lines.enumerated().compactMap { index, line in
                // Counting characters is slow, and a line of few bytes has no more of them.
                guard line.utf8.count > lineWidthMax, line.count > lineWidthMax else { return nil }
                return Finding(
                    file.path, line: index + 1,
                    "\(line.count) columns, allowed are \(lineWidthMax): break the line.")
            }
        }
    }
}

extension Int {
    fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}
