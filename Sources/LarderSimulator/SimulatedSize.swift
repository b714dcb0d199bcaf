public import LarderCore
import LarderPolicy

/// How large a simulated cache is to be, as a user says it.
public enum SimulatedSize: Hashable, Sendable {
    /// A share of what a cache needs that evicts nothing.
    case share(Ratio)
    /// So many bytes; or objects, if their sizes are ignored.
    case amount(Int)

    /// The size that `text` says: `1%`, `512mb` or `5000`.
    ///
    /// - Parameters:
    ///   - text: What the user wrote.
    ///   - countsObjects: Sizes of objects are ignored, so it is a number of objects.
    /// - Throws: `SimulationError.size` for what is none, or nothing.
    public init(parsing text: String, countsObjects: Bool) throws(SimulationError) {
        do throws(TextFormError) {
            if text.hasSuffix("%") {
                self = .share(try Ratio(parsing: text))
            } else {
                self = .amount(try Self.amount(text, countsObjects: countsObjects))
            }
        } catch {
            throw .size(text, "\(error)")
        }
        guard self != .share(Ratio(millionths: 0)), self != .amount(0) else {
            throw .size(text, "a cache holds something; 1% is the least that makes sense")
        }
    }

    private static func amount(
        _ text: String, countsObjects: Bool
    ) throws(TextFormError) -> Int {
        guard countsObjects else { return try ByteCount(parsing: text).bytes }
        guard let count = Int(text), count >= 0 else {
            throw TextFormError(
                position: 0, cause: "Without object sizes a size is a number of objects",
                example: "5000")
        }
        return count
    }

    /// What it is for a trace; at least one object or byte.
    func capacity(_ footprint: Footprint?, countsObjects: Bool) -> PolicyCapacity {
        let amount: Int
        switch self {
        case .amount(let given): amount = given
        case .share(let ratio):
            let whole = countsObjects ? footprint?.objects ?? 0 : footprint?.bytes ?? 0
            let share = Int128(whole) * Int128(ratio.millionths) / 1_000_000
            amount = max(1, Int(share))
        }
        return countsObjects ? .entries(amount) : .bytes(amount)
    }
}

/// What a cache would hold that evicts nothing.
struct Footprint: Hashable {
    var objects = 0
    var bytes = 0
}
