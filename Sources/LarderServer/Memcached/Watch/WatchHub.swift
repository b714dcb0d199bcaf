import LarderCore
import LarderRuntime
import Synchronization

/// Who watches what memcached's clients do, as its `watch` has it. When a watcher does not read,
/// lines are lost, and counted.
final class WatchHub: Sendable {
    /// Bytes of lines that wait for one watcher. 256 KiB, as in memcached.
    static var waitingBytesMax: Int { 256 << 10 }
    /// Most watchers. 20, as in memcached.
    private static var watcherMax: Int { 20 }

    struct Watcher {
        let id: ConnectionID
        let context: LoopContext
        let kinds: WatchKinds
        var lines: [UInt8] = []
        /// Lines that found no room since the last one that did.
        var skipped = 0
        /// Whether its loop was told that there are lines.
        var isCalled = false
    }

    /// What has become of the lines.
    struct Counts {
        var written: UInt64 = 0
        var sent: UInt64 = 0
        var skipped: UInt64 = 0
        var watchers = 0
    }

    struct State {
        var watchers: [Watcher] = []
        var counts = Counts()
        var countsPrefixes = false
    }

    /// Relaxed: who begins to watch may miss what happens at that moment.
    private let wanted = Atomic<UInt16>(0)
    private let serial = Atomic<UInt64>(0)
    let state = Guarded(State())

    /// What anybody watches. Costs one relaxed load.
    @inline(__always)
    var wantedKinds: WatchKinds { WatchKinds(rawValue: wanted.load(ordering: .relaxed)) }

    /// Whether uses are counted by prefix.
    var countsPrefixes: Bool {
        get { wantedKinds.contains(.prefixes) }
        set {
            state.withLock { state in
                state.countsPrefixes = newValue
                noteWatchers(&state)
            }
        }
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// Adds a watcher; `false` when there are too many.
    func add(_ id: ConnectionID, on context: LoopContext, _ kinds: WatchKinds) -> Bool {
        state.withLock { state in
            guard state.watchers.count < Self.watcherMax else { return false }
            state.watchers.append(Watcher(id: id, context: context, kinds: kinds))
            noteWatchers(&state)
            return true
        }
    }

    /// Forgets a watcher, if the connection is one.
    func remove(_ id: ConnectionID) {
        state.withLock { state in
            state.watchers.removeAll { $0.id == id }
            noteWatchers(&state)
        }
    }

    private func noteWatchers(_ state: inout State) {
        state.counts.watchers = state.watchers.count
        let none: WatchKinds = state.countsPrefixes ? .prefixes : []
        let all = state.watchers.reduce(none) { $0.union($1.kinds) }
        wanted.store(all.rawValue, ordering: .relaxed)
    }

    /// Writes a line to those who watch `kind`: what happened, behind the time and a number by
    /// which the lines of all threads can be put in order.
    func note(_ kind: WatchKinds, _ event: String) {
        let (seconds, microseconds) = WallClock.now()
        let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
        let line = Array("ts=\(seconds).\(microseconds) gid=\(number) \(event)\n".utf8)
        let called = state.withLock { state -> [Watcher] in
            var called: [Watcher] = []
            state.counts.written += 1
            for index in state.watchers.indices where state.watchers[index].kinds.contains(kind) {
                Self.offer(line, to: &state.watchers[index], &state.counts)
                if !state.watchers[index].isCalled {
                    state.watchers[index].isCalled = true
                    called.append(state.watchers[index])
                }
            }
            return called
        }
        for watcher in called { watcher.context.resume(watcher.id) }
    }

    private static func offer(
        _ line: [UInt8], to watcher: inout Watcher, _ counts: inout Counts
    ) {
        let note = watcher.skipped > 0 ? Array("skipped=\(watcher.skipped)\n".utf8) : []
        guard watcher.lines.count + note.count + line.count <= waitingBytesMax else {
            watcher.skipped += 1
            counts.skipped += 1
            return
        }
        watcher.lines += note + line
        watcher.skipped = 0
        counts.sent += 1
    }

    /// The lines that wait for a watcher, which from now on are its own.
    func take(for id: ConnectionID) -> [UInt8] {
        state.withLock { state in
            guard let index = state.watchers.firstIndex(where: { $0.id == id }) else { return [] }
            defer { state.watchers[index].lines = [] }
            state.watchers[index].isCalled = false
            return state.watchers[index].lines
        }
    }
}

/// What can be watched.
struct WatchKinds: OptionSet, Sendable {
    let rawValue: UInt16

    static let rawCommands = WatchKinds(rawValue: 1)
    static let evictions = WatchKinds(rawValue: 2)
    static let fetchers = WatchKinds(rawValue: 4)
    static let mutations = WatchKinds(rawValue: 8)
    static let systemEvents = WatchKinds(rawValue: 16)
    static let connectionEvents = WatchKinds(rawValue: 32)
    static let proxy = WatchKinds(rawValue: 64)
    /// Not watched, but counted: `stats detail on`.
    static let prefixes = WatchKinds(rawValue: 128)

    /// The kind that a word of `watch` names.
    init?(named name: String) {
        switch name {
        case "rawcmds": self = .rawCommands
        case "evictions": self = .evictions
        case "fetchers": self = .fetchers
        case "mutations": self = .mutations
        case "sysevents": self = .systemEvents
        case "connevents": self = .connectionEvents
        case "proxyreqs", "proxyevents", "proxyuser": self = .proxy
        default: return nil
        }
    }

    init(rawValue: UInt16) {
        self.rawValue = rawValue
    }
}
