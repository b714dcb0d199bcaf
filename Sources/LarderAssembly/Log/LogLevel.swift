/// How important an event is.
public enum LogLevel: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    /// Details for those who look for a fault.
    case debug
    /// Starts, stops, changes.
    case info
    /// Works, but not as it should.
    case warning
    /// Something did not work.
    case error

    /// The word in the log and in the configuration.
    public var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// Whether `left` is less important.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// For whom the log is written.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// For people: time, level, message, key=value.
    case text
    /// For machines: one JSON object per line.
    case json
}
