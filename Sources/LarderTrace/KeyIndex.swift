/// Numbers keys in the order of their first appearance: what a dictionary does, at half its cost.
///
/// An open table with linear probing, at most half full.
struct KeyIndex: ~Copyable {
    private struct Place {
        var key: UInt64
        /// The key's number plus one; 0 in an empty place.
        var mark: UInt32
    }

    private var places: [Place]
    /// Number of different keys so far; at most 2^32 - 2.
    private(set) var count = 0

    init() {
        places = Self.emptyPlaces(1024)
    }

    /// The number of `key`, which is `count` before the call if the key is new.
    ///
    /// - Complexity: O(1) on average.
    mutating func number(of key: UInt64) -> Int {
        if count * 2 >= places.count { grow() }
        let place = Self.place(of: key, in: places)
        if places[place].mark == 0 {
            precondition(count < UInt32.max - 1, "A trace has fewer than 2^32 objects.")
            count += 1
            places[place] = Place(key: key, mark: UInt32(count))
        }
        return Int(places[place].mark) - 1
    }

    private mutating func grow() {
        var larger = Self.emptyPlaces(places.count * 2)
        for old in places where old.mark != 0 {
            larger[Self.place(of: old.key, in: larger)] = old
        }
        places = larger
    }

    /// Where `key` is, or would be put.
    private static func place(of key: UInt64, in places: [Place]) -> Int {
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: TraceRandom.mix(key)) & mask
        while places[place].mark != 0, places[place].key != key { place = (place + 1) & mask }
        return place
    }

    private static func emptyPlaces(_ count: Int) -> [Place] {
        [Place](repeating: Place(key: 0, mark: 0), count: count)
    }
}
