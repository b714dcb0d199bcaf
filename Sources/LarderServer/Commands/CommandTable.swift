import LarderWire

/// Finds commands by name.
///
/// A name of at most 15 letters is one 128-bit number, so a look-up is a handful of instructions:
/// fold the case, hash, compare once or twice.
struct CommandTable: Sendable {
    static let shared = CommandTable()

    let specifications: [CommandSpecification]
    private let places: [UInt8]
    private let names: [PackedName]

    private static var placeCount: Int { 256 }
    private static var noCommand: UInt8 { .max }

    private init() {
        specifications = Command.allCases.map { $0.makeSpecification() }
        names = specifications.map { PackedName($0.name) }
        var places = [UInt8](repeating: Self.noCommand, count: Self.placeCount)
        for command in Command.allCases {
            var place = names[Int(command.rawValue)].hash & (Self.placeCount - 1)
            while places[place] != Self.noCommand { place = (place + 1) & (Self.placeCount - 1) }
            places[place] = command.rawValue
        }
        self.places = places
    }

    /// The command of this name, in any case.
    ///
    /// - Complexity: O(1).
    func command(_ name: RawSpan) -> Command? {
        guard name.byteCount < 16 else { return nil }
        let packed = PackedName(name)
        var place = packed.hash & (Self.placeCount - 1)
        while places[place] != Self.noCommand {
            if names[Int(places[place])] == packed { return Command(rawValue: places[place]) }
            place = (place + 1) & (Self.placeCount - 1)
        }
        return nil
    }
}

/// Up to 15 letters in lower case, and their number, in two words.
struct PackedName: Hashable {
    private var low: UInt64
    private var high: UInt64

    init(_ name: RawSpan) {
        (low, high) = (0, UInt64(name.byteCount) << 56)
        for offset in 0..<name.byteCount {
            let byte = UInt64(name.byte(at: offset)) << UInt64(8 * (offset & 7))
            if offset < 8 { low |= byte } else { high |= byte }
        }
        // Letters only differ in this bit; other bytes that it confuses are in no command's name.
        low |= 0x2020_2020_2020_2020
        high |= 0x0020_2020_2020_2020
    }

    init(_ name: StaticString) {
        self = name.withUTF8Buffer { unsafe PackedName(RawSpan(_unsafeBytes: .init($0))) }
    }

    var hash: Int {
        let mixed = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed >> 40)
    }
}
