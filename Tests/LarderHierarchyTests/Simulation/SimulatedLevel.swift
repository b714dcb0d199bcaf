import LarderCore
import LarderTesting

@testable import LarderHierarchy

/// A level in a simulation: what it has, and how ill it is.
struct SimulatedLevel {
    enum Health {
        case well, slow, failing
        /// It answers nothing; what is written to it fails in the end.
        case dead
    }

    var health = Health.well
    private(set) var entries: [Key: Entry] = [:]
    /// When it was asked since it is dead.
    var questions: [Tick] = []

    /// What it does with a change, or a part of it when `isWhole` is not.
    mutating func apply(
        _ change: LevelChange, isWhole: Bool, using dice: inout SeededRandom
    ) {
        switch change {
        case .put(let new):
            for entry in new where isWhole || Bool.random(using: &dice) {
                entries[entry.key] = entry
            }
        case .remove(let keys):
            for key in keys where isWhole || Bool.random(using: &dice) { entries[key] = nil }
        case .ban(let ban):
            guard isWhole else { return }
            for (key, entry) in entries where ban.matches(entry, namespace: "all") {
                switch ban.strength {
                case .hard: entries[key] = nil
                case .soft: entries[key]?.expires = min(entry.expires ?? ban.time, ban.time)
                }
            }
        }
    }

    mutating func evict(_ key: Key) { entries[key] = nil }

    func lookUp(_ keys: [Key]) -> [Lookup<Entry>] {
        keys.map { key in entries[key].map { .found($0) } ?? .absent }
    }

    /// Milliseconds that it takes.
    func delay(using dice: inout SeededRandom) -> Double {
        switch health {
        case .well, .failing: .random(in: 0...4, using: &dice)
        case .slow: .random(in: 0...90, using: &dice)
        case .dead: .random(in: 100...300, using: &dice)
        }
    }
}
