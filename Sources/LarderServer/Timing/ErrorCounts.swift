import LarderCore

/// How often each kind of error was answered: by the word that errors begin with.
final class ErrorCounts: Sendable {
    /// Kinds that are told apart; there are about twenty.
    private static var kindsMax: Int { 128 }

    private let counts = Guarded<[String: UInt64]>([:])

    func count(_ kind: String) {
        counts.withLock { counts in
            guard counts[kind] != nil || counts.count < Self.kindsMax else { return }
            counts[kind, default: 0] += 1
        }
    }

    func reset() {
        counts.withLock { $0 = [:] }
    }

    /// All kinds, by name.
    var all: [(kind: String, count: UInt64)] {
        counts.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }

    var total: UInt64 { counts.withLock { $0.values.reduce(0, +) } }
}
