import LarderCore

/// Which keys are being written, and whether a key was written since its load began.
///
/// A load holds a mark of its key as long as it is under way, so there are no more of them than
/// loads and writes under way; and of writes only so many are remembered by key.
struct WriteMarks: Sendable {
    private struct Mark {
        var loads = 0
        var writers = 0
        var writes: UInt64 = 0
    }

    /// How often a key was written, when that was noted.
    struct Standing: Hashable, Sendable {
        fileprivate let writes: UInt64
        fileprivate let writesOfAll: UInt64
    }

    /// Keys being written at once that are remembered by name.
    private let capacity: Int
    private var marks: [Key: Mark] = [:]
    private var writtenCount = 0
    /// Writes under way that are remembered as writes of all keys.
    private var writersOfAll = 0
    private var writesOfAll: UInt64 = 0
    /// How often there were more keys than are remembered.
    private(set) var overflowCount = 0

    init(capacity: Int = 10_000) {
        self.capacity = capacity
    }

    /// Whether nothing is remembered.
    var isEmpty: Bool { marks.isEmpty && writersOfAll == 0 }

    /// A load of `key` begins.
    mutating func beginLoad(of key: Key) -> Standing {
        marks[key, default: Mark()].loads += 1
        return standing(of: key)
    }

    mutating func endLoad(of key: Key) { leave(key) { $0.loads -= 1 } }

    private func standing(of key: Key) -> Standing {
        Standing(writes: marks[key]?.writes ?? 0, writesOfAll: writesOfAll)
    }

    /// Whether `key`, whose load began at `standing`, was written since, or is being written.
    func hasMoved(_ key: Key, since standing: Standing) -> Bool {
        isBeingWritten(key) || self.standing(of: key) != standing
    }

    func isBeingWritten(_ key: Key) -> Bool {
        writersOfAll > 0 || marks[key].map { $0.writers > 0 } ?? false
    }

    /// A write of `keys` begins.
    ///
    /// - Returns: Whether they are remembered by name, for `endWrite`.
    mutating func beginWrite(of keys: [Key]) -> Bool {
        guard writtenCount + keys.count <= capacity else {
            overflowCount += 1
            writersOfAll += 1
            writesOfAll += 1
            return false
        }
        writtenCount += keys.count
        for key in keys {
            marks[key, default: Mark()].writers += 1
            marks[key]?.writes += 1
        }
        return true
    }

    mutating func endWrite(of keys: [Key], isByName: Bool) {
        guard isByName else {
            writersOfAll -= 1
            writesOfAll += 1
            return
        }
        writtenCount -= keys.count
        for key in keys {
            leave(key) {
                $0.writers -= 1
                $0.writes += 1
            }
        }
    }

    private mutating func leave(_ key: Key, _ change: (inout Mark) -> Void) {
        guard var mark = marks[key] else { return }
        change(&mark)
        marks[key] = mark.loads == 0 && mark.writers == 0 ? nil : mark
    }
}
