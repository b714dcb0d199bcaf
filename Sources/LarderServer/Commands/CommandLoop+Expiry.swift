import LarderCore
import LarderMemory
import LarderWire

/// When EXPIRE may change an expiry.
struct ExpiryCondition {
    var needsNone = false
    var needsOne = false
    var needsLater = false
    var needsEarlier = false

    /// Reads NX, XX, GT and LT; `nil` after an error was written.
    init?(_ call: borrowing Call, _ output: inout OutputBuffer) {
        for index in 3..<max(3, call.count) {
            let word = call[index]
            if word.equalsIgnoringCase("nx") {
                needsNone = true
            } else if word.equalsIgnoringCase("xx") {
                needsOne = true
            } else if word.equalsIgnoringCase("gt") {
                needsLater = true
            } else if word.equalsIgnoringCase("lt") {
                needsEarlier = true
            } else {
                output.append("-ERR Unsupported option ")
                output.appendPrintable(word, max: 128)
                output.append("\r\n")
                return nil
            }
        }
        if needsNone, needsOne || needsLater || needsEarlier {
            output.appendError(
                "ERR NX and XX, GT or LT options at the same time are not compatible")
            return nil
        }
        if needsLater, needsEarlier {
            output.appendError("ERR GT and LT options at the same time are not compatible")
            return nil
        }
    }

    /// Whether `old`, `nil` for none, may become `new`.
    func allows(_ new: Int64, after old: Int64?) -> Bool {
        guard let old else { return !needsOne && !needsLater }
        if needsNone { return false }
        if needsLater { return new > old }
        return !needsEarlier || new < old
    }
}

extension CommandLoop {
    func expire(
        _ call: borrowing Call, _ connection: ClientConnection, _ unit: TimeUnit,
        isAbsolute: Bool, _ output: inout OutputBuffer
    ) {
        guard let condition = ExpiryCondition(call, &output) else { return }
        guard let value = Decimal.integer(call[2]) else { return output.appendNotAnInteger() }
        let wallNow = wallNow(isAbsolute: isAbsolute)
        let wall = ExpiryTime.wallTime(value, unit, isAbsolute: isAbsolute, now: wallNow)
        guard let wall else { return output.appendInvalidExpiry(Self.name(unit, isAbsolute)) }
        var isChanged = false
        withKey(call[1], connection) { access in
            guard access.exists else { return }
            let old = access.expiry
            let oldWall =
                old == .never ? nil : ExpiryTime.wall(old, wallNow: wallNow, now: now)
            guard condition.allows(wall, after: oldWall) else { return }
            isChanged = true
            if wall <= wallNow {
                access.remove()
            } else {
                access.setExpiry(ExpiryTime.moment(wall, wallNow: wallNow, now: now))
            }
        }
        output.appendInteger(isChanged ? 1 : 0)
    }

    private static func name(_ unit: TimeUnit, _ isAbsolute: Bool) -> StaticString {
        switch (unit, isAbsolute) {
        case (.seconds, false): "expire"
        case (.milliseconds, false): "pexpire"
        case (.seconds, true): "expireat"
        case (.milliseconds, true): "pexpireat"
        }
    }

    func remaining(
        _ call: borrowing Call, _ connection: ClientConnection, _ unit: TimeUnit,
        isAbsolute: Bool, _ output: inout OutputBuffer
    ) {
        var milliseconds: Int64 = -2
        withKey(call[1], connection) { access in
            access.countRead()
            guard access.exists else { return }
            guard access.expiry != .never else {
                milliseconds = -1
                return
            }
            let wallNow = isAbsolute ? wallNow(isAbsolute: true) : 0
            milliseconds = max(0, ExpiryTime.wall(access.expiry, wallNow: wallNow, now: now))
        }
        guard unit == .seconds, milliseconds >= 0 else {
            return output.appendInteger(milliseconds)
        }
        // The far end of the scale has room for the half second only without a sign.
        output.appendInteger(Int64((UInt64(milliseconds) + 500) / 1000))
    }

    func persist(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var isChanged = false
        withKey(call[1], connection) { access in
            guard access.exists, access.expiry != .never else { return }
            isChanged = access.setExpiry(.never)
        }
        output.appendInteger(isChanged ? 1 : 0)
    }
}
