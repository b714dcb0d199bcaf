import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    func incrby(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let step = Decimal.integer(call[2]) else { return output.appendNotAnInteger() }
        increment(call, connection, by: step, &output)
    }

    func decrby(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let step = Decimal.integer(call[2]) else { return output.appendNotAnInteger() }
        guard step != .min else { return output.appendError("ERR decrement would overflow") }
        increment(call, connection, by: -step, &output)
    }

    /// How a change of a number in a value ended.
    enum Increment {
        case value(Int64), notAnInteger, overflow, failed(PutOutcome)
    }

    func increment(
        _ call: borrowing Call, _ connection: ClientConnection, by step: Int64,
        _ output: inout OutputBuffer
    ) {
        var result = Increment.notAnInteger
        withKey(call[1], connection) { access in
            guard access.largeValue == nil else { return }
            let old = access.exists ? Decimal.integer(access.value) : 0
            guard let old else { return }
            let (sum, overflow) = old.addingReportingOverflow(step)
            guard !overflow else {
                result = .overflow
                return
            }
            let digits = DecimalText(sum)
            let outcome = access.put(
                digits.bytes, expiry: access.keptExpiry, flags: access.flags,
                provenance: access.provenance)
            result = outcome == .stored ? .value(sum) : .failed(outcome)
        }
        switch result {
        case .value(let sum): output.appendInteger(sum)
        case .notAnInteger: output.appendNotAnInteger()
        case .overflow: output.appendError("ERR increment or decrement would overflow")
        case .failed(let outcome): output.append(outcome) { _ in }
        }
    }
}
