/// What a command does with keys that may have an origin.
enum OriginUse: Sendable {
    /// It looks at memory alone: EXISTS, TTL, SCAN and their like.
    case none
    /// GET, which looks for itself when it has missed.
    case gets
    /// MGET: the same for many.
    case getsMany
    /// Reads values, which have to be there.
    case reads
    /// Changes values, which have to be there.
    case modifies
    /// Replaces or drops values, whatever they were.
    case writes
    /// EXEC: what it does, its commands do.
    case executes
}

extension Command {
    /// What it does with keys that may have an origin.
    var originUse: OriginUse {
        switch self {
        case .get: .gets
        case .mget: .getsMany
        case .getrange, .substr, .strlen, .getex, .bitcount, .bitpos, .getbit, .bitfieldRO, .lcs:
            .reads
        case .incr, .decr, .incrby, .decrby, .incrbyfloat, .append, .setnx, .getset, .setrange,
            .setbit, .bitfield, .bitop, .msetnx, .getdel:
            .modifies
        case .set, .setex, .psetex, .mset, .del, .unlink, .rename, .renamenx, .copy, .move: .writes
        case .exec: .executes
        default: .none
        }
    }

    /// Whether what comes behind it in a pipeline may be looked at before it has run.
    var isPlainRead: Bool {
        switch originUse {
        case .gets, .getsMany, .reads: self != .getex
        default: false
        }
    }

    /// Places of all keys of a call.
    func keyPlaces(_ call: borrowing Call) -> StrideTo<Int> {
        let row = specification
        guard row.firstKey > 0 else { return stride(from: 0, to: 0, by: 1) }
        let last = row.lastKey < 0 ? call.count + row.lastKey : row.lastKey
        return stride(from: row.firstKey, to: min(last + 1, call.count), by: row.keyStep)
    }

    /// Places of the keys that a call may change.
    func writtenPlaces(_ call: borrowing Call) -> StrideTo<Int> {
        self == .bitop ? stride(from: 2, to: 3, by: 1) : keyPlaces(call)
    }

    /// Places of the keys whose values a call needs.
    func loadedPlaces(_ call: borrowing Call) -> StrideTo<Int> {
        let nothing = stride(from: 0, to: 0, by: 1)
        switch originUse {
        case .none, .executes: return nothing
        case .gets, .getsMany, .reads: return keyPlaces(call)
        case .modifies:
            return self == .bitop ? stride(from: 3, to: call.count, by: 1) : keyPlaces(call)
        case .writes:
            guard self == .set, call.count > 3,
                let options = SetOptions(call, from: 3, isSet: true), options.looksAtOld
            else { return nothing }
            return keyPlaces(call)
        }
    }
}

extension SetOptions {
    /// Whether what there was decides about what is done or answered.
    var looksAtOld: Bool { condition != .none || returnsOld || keepsExpiry }
}
