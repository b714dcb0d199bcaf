/// Holds back lines that repeat: a fault that hits every request must not fill the disk.
///
/// Of one message, `burst` lines are written in a window; the others are counted, and the count is
/// written with the next line or as a line of its own once the window is over.
struct LogRate: Sendable {
    /// Lines of one message in a window. Ten show a pattern; more show no more.
    static let burst = 10
    /// Length of a window in milliseconds. A second: people who watch see that it goes on.
    static let windowMilliseconds = 1000
    /// Messages told apart. There are fewer in the code; those beyond it share one window.
    static let messageCountMax = 256

    /// What repeats.
    struct Message: Hashable, Sendable {
        let level: LogLevel
        let text: String

        /// Stands for all messages that found no room.
        static let others = Message(level: .warning, text: "other messages")
    }

    /// What to do with a line.
    enum Admission: Equatable {
        /// Write it, and tell how many before it were not.
        case write(suppressed: Int)
        /// Only count it.
        case suppress
    }

    private struct Window: Sendable {
        var start: Int
        var count = 0
        var suppressed = 0
    }

    private var windows: [Message: Window] = [:]
    /// Lines held back and not told yet, over all messages.
    private(set) var suppressedCount = 0

    /// Decides on a line of `message` at `now`, in milliseconds of any scale.
    ///
    /// - Complexity: O(1), and O(messages) when a new one meets a full table.
    mutating func admission(of message: Message, at now: Int) -> Admission {
        let key = room(for: message, at: now) ? message : .others
        var window = windows[key] ?? Window(start: now)
        var suppressed = 0
        if Self.isOver(window, at: now) {
            suppressed = window.suppressed
            window = Window(start: now)
        }
        window.count += 1
        let isWritten = window.count <= Self.burst
        window.suppressed += isWritten ? 0 : 1
        suppressedCount += (isWritten ? 0 : 1) - suppressed
        windows[key] = window
        return isWritten ? .write(suppressed: suppressed) : .suppress
    }

    /// The messages whose window is over with lines untold; they count as told now. `now` nil: all.
    ///
    /// - Complexity: O(messages) while lines are untold, otherwise O(1).
    mutating func overdue(at now: Int?) -> [(message: Message, suppressed: Int)] {
        guard suppressedCount > 0 else { return [] }
        var found: [(message: Message, suppressed: Int)] = []
        for (message, window) in windows where window.suppressed > 0 {
            guard now.map({ Self.isOver(window, at: $0) }) ?? true else { continue }
            found.append((message, window.suppressed))
            suppressedCount -= window.suppressed
            windows[message] = nil
        }
        return found.sorted { $0.message.text < $1.message.text }
    }

    private mutating func room(for message: Message, at now: Int) -> Bool {
        if windows[message] != nil || windows.count < Self.messageCountMax { return true }
        windows = windows.filter { _, window in
            window.suppressed > 0 || Self.isOver(window, at: now) == false
        }
        return windows.count < Self.messageCountMax
    }

    /// A clock that was set back ends the window too, else it could last for years.
    private static func isOver(_ window: Window, at now: Int) -> Bool {
        now < window.start || now - window.start >= windowMilliseconds
    }
}
