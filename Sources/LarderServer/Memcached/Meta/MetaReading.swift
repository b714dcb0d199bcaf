import LarderCore
import LarderMemory
import LarderWire

/// What `mg` finds out and changes while it answers one flag after the other.
struct MetaReading {
    let hash: UInt64
    let flags: MetaFlags
    private let now: Moment
    /// Whether the entry was made for this command.
    var isNew = false
    var version: UInt64?
    /// When the entry expires, as far as flags have changed it; `nil` for at once.
    var expiry: Moment?
    /// Whether this client is to write the next value.
    private(set) var won = false
    /// Whether a flag was met that ends the command.
    private(set) var isRefused = false

    init(_ hash: UInt64, _ flags: MetaFlags, now: Moment) {
        self.hash = hash
        self.flags = flags
        self.now = now
    }

    /// Does what a flag asks for.
    mutating func append(
        _ flag: RawSpan, key: RawSpan, _ access: borrowing KeyAccess,
        _ output: inout OutputBuffer
    ) {
        switch flag.byte(at: 0) {
        case UInt8(ascii: "T"): expiry = MemcachedExpiry.moment(flags.expiry ?? 0, now: now)
        case UInt8(ascii: "N") where isNew:
            let end = MemcachedExpiry.moment(flags.vivifyExpiry ?? 0, now: now)
            expiry = end == .never ? access.expiry : end
            won = true
        case UInt8(ascii: "R"):
            if !isNew, !access.marks.contains(.won), isDueForRecache { won = true }
        case UInt8(ascii: "s"): output.appendFlag("s", UInt64(access.valueLength))
        case UInt8(ascii: "t"): output.appendTimeLeft(until: expiry, now: now)
        case UInt8(ascii: "c"): output.appendFlag("c", version ?? 0)
        case UInt8(ascii: "f"): output.appendFlag("f", UInt64(access.flags))
        case UInt8(ascii: "l"): output.appendFlag("l", access.idleMilliseconds / 1000)
        case UInt8(ascii: "h"):
            output.appendFlag("h", access.marks.contains(.fetched) ? 1 : 0)
        case UInt8(ascii: "k"):
            output.appendKey(key, isEncoded: access.marks.contains(.encodedKey))
        case UInt8(ascii: "O"):
            isRefused = MetaFlags.isLongOpaque(flag)
            if !isRefused { output.appendOpaque(flag) }
        default: return
        }
    }

    /// Whether less time is left than the `R` flag names.
    private var isDueForRecache: Bool {
        guard expiry != .never,
            let limit = MemcachedExpiry.moment(flags.recacheTime, now: now), limit != .never
        else { return false }
        let left = expiry.map { MemcachedExpiry.secondsLeft(until: $0, now: now) } ?? 0
        return left < MemcachedExpiry.secondsLeft(until: limit, now: now)
    }

    /// Says who is to write the next value: somebody else already (`Z`), the value being out of
    /// date (`X`), or this client (`W`).
    mutating func appendWins(_ marks: EntryMarks, _ output: inout OutputBuffer) {
        if marks.contains(.won) { output.append(" Z") }
        if marks.contains(.stale) {
            output.append(" X")
            if !marks.contains(.won) { won = true }
        }
        if won { output.append(" W") }
    }
}
