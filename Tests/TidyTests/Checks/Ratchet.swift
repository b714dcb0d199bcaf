/// The exceptions that exist, each with its present size. A number here may fall, never rise.
struct Ratchet: Codable, Equatable {
    /// File: lines, for those above the limit.
    var fileLines: [String: Int] = [:]
    /// File and function: lines, for those above the limit.
    var functionLines: [String: Int] = [:]
    /// File outside of a Memory folder: how often it names an unsafe pointer type.
    var unsafePointers: [String: Int] = [:]
    /// Call or mark: how often it is used in all of the code.
    var budgets: [String: Int] = [:]
}

/// What is measured, what is allowed without an entry, and what no entry can allow.
struct Limit {
    let normal: Int
    let hard: Int
    let unit: String
    let remedy: String

    /// Findings for numbers that are too large, and for entries that are larger than their number.
    func findings(measured: [String: Int], allowed: [String: Int]) -> [Finding] {
        let tooLarge = measured.compactMap { key, number -> Finding? in
            if number > hard {
                return Finding(key, "\(number) \(unit), and never more than \(hard): \(remedy)")
            }
            let most = max(normal, allowed[key] ?? normal)
            guard number > most else { return nil }
            return Finding(key, "\(number) \(unit), allowed are \(most): \(remedy)")
        }
        let tooLoose = allowed.compactMap { key, entry -> Finding? in
            let number = measured[key] ?? 0
            if number <= normal {
                return Finding(key, "needs no entry any more: remove it from \(Self.file)")
            }
            guard number < entry else { return nil }
            return Finding(key, "shrank from \(entry) to \(number) \(unit): say so in \(Self.file)")
        }
        return (tooLarge + tooLoose).sorted { $0.path < $1.path }
    }

    private static let file = "Tests/TidyTests/ratchet.json ('make ratchet' does)"
}

extension Ratchet {
    /// The exceptions that these files need.
    init(measuring files: [TextFile]) {
        fileLines = Lengths.measuredFiles(files).filter {
            $0.value > (Lengths.isTest($0.key) ? Lengths.test : Lengths.source).normal
        }
        functionLines = Lengths.measuredFunctions(files).filter {
            $0.value > Lengths.function.normal
        }
        unsafePointers = Unsafe.measuredPointers(files).filter { $0.value > 0 }
        budgets = Unsafe.measuredBudgets(files).filter { $0.value > 0 }
    }
}
