import LarderCore
import LarderMemory
import LarderWire

/// The options of SET, and those of GETEX.
struct SetOptions {
    enum Condition {
        case none, ifAbsent, ifPresent
    }

    var condition = Condition.none
    var returnsOld = false
    var keepsExpiry = false
    var persists = false
    /// Place of the time among the arguments, and how to read it.
    var time: (index: Int, unit: TimeUnit, isAbsolute: Bool)?

    /// Reads the options from argument `first` on; `nil` when redis calls them a syntax error.
    init?(_ call: borrowing Call, from first: Int, isSet: Bool) {
        var index = first
        while index < call.count {
            let word = call[index]
            let isLast = index + 1 == call.count
            if isSet, word.equalsIgnoringCase("nx"), condition != .ifPresent {
                condition = .ifAbsent
            } else if isSet, word.equalsIgnoringCase("xx"), condition != .ifAbsent {
                condition = .ifPresent
            } else if isSet, word.equalsIgnoringCase("get") {
                returnsOld = true
            } else if isSet, word.equalsIgnoringCase("keepttl"), time == nil {
                keepsExpiry = true
            } else if !isSet, word.equalsIgnoringCase("persist"), time == nil {
                persists = true
            } else if !isLast, let (unit, isAbsolute) = Self.timeWord(word),
                mayFollow(unit, isAbsolute)
            {
                time = (index + 1, unit, isAbsolute)
                index += 1
            } else {
                return nil
            }
            index += 1
        }
    }

    private static func timeWord(_ word: RawSpan) -> (TimeUnit, isAbsolute: Bool)? {
        if word.equalsIgnoringCase("ex") { return (.seconds, false) }
        if word.equalsIgnoringCase("px") { return (.milliseconds, false) }
        if word.equalsIgnoringCase("exat") { return (.seconds, true) }
        if word.equalsIgnoringCase("pxat") { return (.milliseconds, true) }
        return nil
    }

    /// The same kind of time may be given again; another kind, or another option on expiry, not.
    private func mayFollow(_ unit: TimeUnit, _ isAbsolute: Bool) -> Bool {
        guard !keepsExpiry, !persists else { return false }
        guard let time else { return true }
        return time.unit == unit && time.isAbsolute == isAbsolute
    }
}

extension CommandLoop {
    /// `mutating` and `inout` so that nothing is copied, as in `get`.
    mutating func set(
        _ call: borrowing Call, _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        guard call.count > 3 else {
            var outcome = PutOutcome.stored
            withKey(call[1], connection) { outcome = put(2, of: call, in: &$0) }
            return output.append(outcome) { $0.appendSimple("OK") }
        }
        guard let options = SetOptions(call, from: 3, isSet: true) else {
            return output.appendSyntaxError()
        }
        var expiry: Moment?
        if let time = options.time {
            expiry = self.expiry(
                of: call[time.index], time.unit, isAbsolute: time.isAbsolute, "set", &output)
            guard expiry != nil else { return }
        }
        set(call, connection, options, expiry, &output)
    }

    private mutating func set(
        _ call: borrowing Call, _ connection: ClientConnection, _ options: SetOptions,
        _ expiry: Moment?, _ output: inout OutputBuffer
    ) {
        let start = output.count
        var outcome: PutOutcome?
        withKey(call[1], connection) { access in
            if options.returnsOld {
                access.countRead()
                output.appendValue(of: access, connection.version)
            }
            let isWanted =
                switch options.condition {
                case .none: true
                case .ifAbsent: !access.exists
                case .ifPresent: access.exists
                }
            guard isWanted else { return }
            outcome = put(
                2, of: call, in: &access,
                expiry: options.keepsExpiry ? access.keptExpiry : expiry)
            if let expiry, expiry <= now, access.exists { access.remove() }
        }
        if options.returnsOld {
            output.replace(from: start, ifFailed: outcome ?? .stored)
        } else if let outcome {
            output.append(outcome) { $0.appendSimple("OK") }
        } else {
            output.appendNull(connection.version)
        }
    }

    func getex(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let options = SetOptions(call, from: 2, isSet: false) else {
            return output.appendSyntaxError()
        }
        var expiry: Moment?
        if let time = options.time {
            // Redis looks for the key first: without it, a wrong time is no error.
            var exists = false
            withKey(call[1], connection) { exists = $0.exists }
            guard exists else {
                let hash = store.hash(call[1])
                store.countMiss(call[1], hash, database: connection.database)
                return output.appendNull(connection.version)
            }
            expiry = self.expiry(
                of: call[time.index], time.unit, isAbsolute: time.isAbsolute, "getex", &output)
            guard expiry != nil else { return }
        }
        withKey(call[1], connection) { access in
            access.countRead()
            output.appendValue(of: access, connection.version)
            guard access.exists else { return }
            if options.persists { access.setExpiry(.never) }
            if let expiry {
                if expiry <= now { access.remove() } else { access.setExpiry(expiry) }
            }
        }
    }

    /// The moment that a positive time names; `nil` after an error was written.
    func expiry(
        of argument: RawSpan, _ unit: TimeUnit, isAbsolute: Bool, _ name: StaticString,
        _ output: inout OutputBuffer
    ) -> Moment? {
        guard let value = Decimal.integer(argument) else {
            output.appendNotAnInteger()
            return nil
        }
        let wallNow = wallNow(isAbsolute: isAbsolute)
        let wall = ExpiryTime.wallTime(value, unit, isAbsolute: isAbsolute, now: wallNow)
        guard value > 0, let wall else {
            output.appendInvalidExpiry(name)
            return nil
        }
        return ExpiryTime.moment(wall, wallNow: wallNow, now: now)
    }
}

extension OutputBuffer {
    mutating func appendInvalidExpiry(_ name: StaticString) {
        append("-ERR invalid expire time in '")
        append(name)
        append("' command\r\n")
    }
}
