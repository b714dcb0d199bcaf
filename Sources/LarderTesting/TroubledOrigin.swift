package import LarderCore

/// An origin in this process that is now well, now slow, failing, dead, or hangs.
///
/// What it has is exact: a load tells what a key had at one moment between question and answer, and
/// a write is done at one moment, or never, or late when it is told as timed out.
package final class TroubledOrigin: Origin {
    /// How it is. Hanging: it answers after up to 150 ms, that it has no answer.
    package enum Mood: CaseIterable {
        case well, slow, failing, dead, hanging
    }

    private struct State {
        var values: [String: Int64] = [:]
        var random: SeededRandom
        var loads: [Mood: Int] = [:]
    }

    /// As failures name it.
    package let name = "catalog"
    private let state: Guarded<State>
    private let start = MonotonicClock.now()
    private let moods: [Mood]
    /// Whether a write that has timed out may be done later.
    private let isLate: Bool

    /// It is well most of the time, unless `moods` says otherwise: each holds for 50 ms.
    package init(
        seed: UInt64, isLate: Bool = false,
        moods: [Mood] = [
            .well, .slow, .well, .failing, .slow, .well, .hanging, .slow, .dead, .well,
        ]
    ) {
        state = Guarded(State(random: SeededRandom(seed: seed)))
        self.moods = moods
        self.isLate = isLate
    }

    /// Keys that were asked for, by how it went.
    package var loads: [Mood: Int] { state.withLock { $0.loads } }

    /// Another program writes.
    package func change(_ key: String, _ value: Int64?) {
        state.withLock { $0.values[key] = value }
    }

    /// Answers, or not, as its mood is.
    package func load(_ requests: [LoadRequest]) async -> [LoadOutcome] {
        let mood = mood
        state.withLock { $0.loads[mood, default: 0] += requests.count }
        switch mood {
        case .well: return requests.map { answer($0.key) }
        case .slow:
            // The value of the beginning told late, or that of the end.
            let early = requests.map { answer($0.key) }
            await wait(upTo: 20)
            return state.withLock { $0.random.next() & 1 == 0 }
                ? early : requests.map { answer($0.key) }
        case .failing:
            return requests.map { request in
                state.withLock { $0.random.next() & 3 == 0 }
                    ? .failed(failure(.refused)) : answer(request.key)
            }
        case .dead: return requests.map { _ in .failed(failure(.unreachable)) }
        case .hanging:
            await wait(upTo: 150)
            return requests.map { _ in .failed(failure(.timeout)) }
        }
    }

    /// Writes, or not, as its mood is.
    package func write(_ entries: [Entry]) async -> [WriteOutcome] {
        var outcomes: [WriteOutcome] = []
        for entry in entries {
            let value = Int64(String(decoding: entry.value, as: UTF8.self))
            outcomes.append(await take(text(entry.key), value))
        }
        return outcomes
    }

    /// Deletes, or not, as its mood is.
    package func remove(_ keys: [Key]) async -> [WriteOutcome] {
        var outcomes: [WriteOutcome] = []
        for key in keys { outcomes.append(await take(text(key), nil)) }
        return outcomes
    }

    private func take(_ key: String, _ value: Int64?) async -> WriteOutcome {
        switch mood {
        case .well: change(key, value)
        case .slow:
            await wait(upTo: 10)
            change(key, value)
            await wait(upTo: 10)
        case .failing:
            switch state.withLock({ $0.random.next() & 3 }) {
            case 0: return .refused(failure(.refused))
            case 1: return .unknown(failure(.corrupt))
            case 2:
                change(key, value)
                return .unknown(failure(.corrupt))
            default: change(key, value)
            }
        case .dead: return .refused(failure(.unreachable))
        case .hanging:
            if isLate {
                Task(name: "done late") {
                    await wait(upTo: 150)
                    change(key, value)
                }
            } else if state.withLock({ $0.random.next() & 1 == 0 }) {
                change(key, value)
            }
            await wait(upTo: 50)
            return .unknown(failure(.timeout))
        }
        return .applied
    }

    private var mood: Mood {
        let age = MonotonicClock.now().nanoseconds - start.nanoseconds
        return moods[Int(age / 50_000_000) % moods.count]
    }

    private func answer(_ key: Key) -> LoadOutcome {
        guard let value = state.withLock({ $0.values[text(key)] }) else { return .absent }
        return .loaded(Loaded(Array("\(value)".utf8)))
    }

    /// How slow something is that is slow.
    private func wait(upTo milliseconds: Int) async {
        let time = state.withLock { Int.random(in: 1...milliseconds, using: &$0.random) }
        try? await Task.sleep(for: .milliseconds(time))
    }

    private func failure(_ cause: SourceFailure.Cause) -> SourceFailure {
        SourceFailure(source: name, cause: cause)
    }

    private func text(_ key: Key) -> String { String(decoding: key.bytes, as: UTF8.self) }
}
