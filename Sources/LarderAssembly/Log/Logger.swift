import LarderCore
import Synchronization

/// Writes events, one line each. A value to pass around; copies write to the same place.
///
/// May be used on any thread. Where the level is off, an event costs one load: neither message nor
/// fields are made. Not for the path of a request that goes well.
public struct Logger: Sendable {
    private let core: Core

    /// A logger that gives each line to `write`; `now` is the time in milliseconds since 1970.
    public init(
        _ configuration: LogConfiguration, now: @escaping @Sendable () -> Int,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        core = Core(configuration, now: now, write: write)
    }

    /// A logger to standard error, by the system's clock.
    public static func standardError(_ configuration: LogConfiguration) -> Logger {
        Logger(configuration, now: { Int(WallClock.milliseconds()) }) { line in
            StandardError.write(line)
        }
    }

    /// The least important events that are written. May be changed at any time.
    public var level: LogLevel {
        get { core.currentLevel }
        nonmutating set { core.level.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Details for those who look for a fault.
    public func debug(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]
    ) {
        log(.debug, message(), fields())
    }

    /// Starts, stops, changes.
    public func info(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]
    ) {
        log(.info, message(), fields())
    }

    /// Works, but not as it should.
    public func warning(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]
    ) {
        log(.warning, message(), fields())
    }

    /// Something did not work.
    public func error(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]
    ) {
        log(.error, message(), fields())
    }

    /// An event of `level`. Keep `message` the same for events of one kind and put what differs
    /// into the fields: repetition is held back by message.
    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> LogFields = [:]
    ) {
        guard level >= core.currentLevel else { return }
        core.log(level, message(), fields())
    }

    /// Tells how many lines were held back so far. Call it before the process ends.
    public func flush() {
        core.flush()
    }
}

/// What the copies of a logger share.
private final class Core: Sendable {
    /// Relaxed: when a change of the level is seen is of no importance.
    let level: Atomic<UInt8>
    private let rate = Guarded(LogRate())
    private let format: LogFormat
    private let now: @Sendable () -> Int
    private let write: @Sendable ([UInt8]) -> Void

    init(
        _ configuration: LogConfiguration, now: @escaping @Sendable () -> Int,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        level = Atomic(configuration.level.rawValue)
        format = configuration.format
        self.now = now
        self.write = write
    }

    var currentLevel: LogLevel { LogLevel(rawValue: level.load(ordering: .relaxed)) ?? .info }

    func log(_ level: LogLevel, _ message: String, _ fields: LogFields) {
        let time = now()
        let key = LogRate.Message(level: level, text: message)
        let (admission, overdue) = rate.withLock { rate in
            (rate.admission(of: key, at: time), rate.overdue(at: time))
        }
        tell(overdue, at: time)
        guard case .write(let suppressed) = admission else { return }
        var fields = fields
        if suppressed > 0 { fields.append("suppressed", .integer(suppressed)) }
        write(LogLine.bytes(level, message, fields, milliseconds: time, format: format))
    }

    func flush() {
        tell(rate.withLock { $0.overdue(at: nil) }, at: now())
    }

    private func tell(_ overdue: [(message: LogRate.Message, suppressed: Int)], at time: Int) {
        for (message, suppressed) in overdue {
            let fields: LogFields = ["suppressed": .integer(suppressed)]
            write(
                LogLine.bytes(
                    message.level, message.text, fields, milliseconds: time, format: format))
        }
    }
}
