import LarderCore

/// A part of one key's history that no order explains, made small enough to be read.
///
/// It is exact: whatever could have happened before is in `before`, so a history that holds this
/// part is not linearizable.
package struct Counterexample: Sendable {
    package let key: String
    /// The operations, by the time at which they were invoked.
    package let operations: [RecordedOperation]
    /// How many operations on the key came before, all explained.
    package let explained: Int
    /// The last of those: how the key came to hold what it did.
    package let context: [RecordedOperation]
    /// What the key may have held then.
    let before: Set<KeyState>

    /// As many as a reader takes in besides the contradiction itself.
    private static let contextMax = 4

    init(of operations: [RecordedOperation], key: String, checker: HistoryChecker) {
        let failing = Self.shortestFailingPrefix(of: operations, checker: checker)
        let (cut, states) = Self.latestCut(of: failing, checker: checker)
        self.key = key
        self.operations = Self.withoutNeedlessReads(
            Array(failing[cut...]), from: states, checker: checker)
        explained = cut
        context = failing[..<cut].suffix(Self.contextMax)
        before = states
    }

    /// The history up to the first reply after which nothing explains it. Being linearizable is
    /// inherited by prefixes, so bisection finds it.
    private static func shortestFailingPrefix(
        of operations: [RecordedOperation], checker: HistoryChecker
    ) -> [RecordedOperation] {
        let ends = operations.map(\.returned).filter { $0 < .never }.sorted()
        var (good, bad) = (-1, ends.count - 1)
        while bad - good > 1 {
            let middle = (good + bad) / 2
            let prefix = prefix(of: operations, until: ends[middle])
            if fails(prefix, from: [.empty], checker: checker) {
                bad = middle
            } else {
                good = middle
            }
        }
        return ends.isEmpty ? operations : prefix(of: operations, until: ends[bad])
    }

    private static func prefix(
        of operations: [RecordedOperation], until end: Tick
    ) -> [RecordedOperation] {
        operations.filter { $0.invoked <= end }
            .map { $0.returned <= end ? $0 : $0.withoutReply }
            .sorted { $0.invoked < $1.invoked }
    }

    /// The last moment at which nothing was under way and which a contradiction follows, as the
    /// number of operations before it, with the states that those may have left.
    private static func latestCut(
        of operations: [RecordedOperation], checker: HistoryChecker
    ) -> (cut: Int, states: Set<KeyState>) {
        var cuts: [Int] = []
        var busyUntil = Tick(nanoseconds: 0)
        for (index, operation) in operations.enumerated() {
            if index > 0, operation.invoked > busyUntil { cuts.append(index) }
            busyUntil = max(busyUntil, operation.returned)
        }
        for cut in cuts.reversed() {
            let search = checker.search(Array(operations[..<cut]))
            guard let states = search.endStates(from: [.empty]), !states.isEmpty else { continue }
            let rest = Array(operations[cut...])
            if fails(rest, from: states, checker: checker) { return (cut, states) }
        }
        return (0, [.empty])
    }

    /// Reads change nothing, so what fails without one fails with it.
    private static func withoutNeedlessReads(
        _ operations: [RecordedOperation], from states: Set<KeyState>, checker: HistoryChecker
    ) -> [RecordedOperation] {
        var kept = operations
        for index in operations.indices.reversed() where operations[index].isPlainRead {
            var fewer = kept
            fewer.remove(at: index)
            if fails(fewer, from: states, checker: checker) { kept = fewer }
        }
        return kept
    }

    private static func fails(
        _ operations: [RecordedOperation], from states: Set<KeyState>, checker: HistoryChecker
    ) -> Bool {
        if case .contradiction = checker.search(operations).finding(from: states) { return true }
        return false
    }
}

extension RecordedOperation {
    /// A read whose token nobody else needs may be left out without making a correct history wrong.
    fileprivate var isPlainRead: Bool {
        command == .get || (command == .gets && outcome == .absent)
    }
}

extension Counterexample: CustomStringConvertible {
    package var description: String {
        let start = operations.first?.invoked.nanoseconds ?? 0
        let states = before.map { $0.described(since: start) }.sorted()
        var lines = ["no order explains what happened to \(key)"]
        lines.append("  (microseconds; each operation took effect between its two times)")
        if explained > 0 {
            lines.append("  \(explained) operations are explained, the last of them:")
        }
        lines += context.map { "    " + $0.described(since: start) }
        lines.append("  then the key held " + states.joined(separator: ", or "))
        lines.append("  and this cannot follow:")
        lines += operations.map { "    " + $0.described(since: start) }
        return lines.joined(separator: "\n")
    }
}
