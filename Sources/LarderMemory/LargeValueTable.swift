/// The large values of a shard, by the numbers that their entries hold.
///
/// Its own type, since a call on the shard's whole state copies all 700 bytes of that first, on
/// every hit.
struct LargeValueTable {
    private var values: [LargeValue?] = []
    private var freeNumbers: [UInt32] = []

    subscript(number: UInt32) -> LargeValue {
        guard let value = values[Int(number)] else {
            preconditionFailure("The number of a large value names one.")
        }
        return value
    }

    /// Keeps `value` and gives it a number.
    mutating func insert(_ value: LargeValue) -> UInt32 {
        if let number = freeNumbers.popLast() {
            values[Int(number)] = value
            return number
        }
        values.append(value)
        return UInt32(values.count - 1)
    }

    /// Lets the value go, which lives on while anyone reads it.
    mutating func remove(_ number: UInt32) {
        precondition(values[Int(number)] != nil, "A large value is let go once.")
        values[Int(number)] = nil
        freeNumbers.append(number)
    }

    /// Whether nobody but the store has a reference to the value, so that nobody is reading it, nor
    /// can begin to while the shard is locked.
    mutating func isUnshared(_ number: UInt32) -> Bool {
        isKnownUniquelyReferenced(&values[Int(number)])
    }

    /// Whether `number` stands for this very value.
    func holds(_ value: LargeValue, at number: UInt32) -> Bool {
        values[Int(number)] === value
    }

    /// Values that are kept.
    ///
    /// - Complexity: O(values).
    var count: Int { values.count { $0 != nil } }

    /// Whether each number is free or stands for a value.
    var isConsistent: Bool { count + freeNumbers.count == values.count }
}
