import LarderCore
import LarderWire

/// Finds commands by name.
///
/// A name of at most 15 letters is one 128-bit number, so a look-up is a handful of instructions:
/// fold the case, hash, compare once or twice.
final class CommandTable: Sendable {
    static let shared = CommandTable()

    /// What is asked of every command on its way, in few bytes.
    struct Traits: Sendable, BitwiseCopyable {
        let arity: Int16
        let hasSubcommands: Bool
        let isSmall: Bool
        /// Whether it is looked at before it runs where namespaces have origins.
        let concernsOrigins: Bool

        @inline(__always)
        func accepts(argumentCount: Int) -> Bool {
            arity >= 0 ? argumentCount == Int(arity) : argumentCount >= -Int(arity)
        }
    }

    let traits: [Traits]

    let specifications: [CommandSpecification]
    /// The pages of the commands, in the same order.
    let pages: [CommandPage]
    /// Names of all commands, and behind them of all subcommands: what is counted and timed has its
    /// place here.
    let names: [String]
    /// Where the names of each command's subcommands begin.
    private let firstSubcommand: [Int]
    private let places: [UInt8]
    private let packedNames: [PackedName]

    private static var placeCount: Int { 256 }
    private static var noCommand: UInt8 { .max }

    private init() {
        specifications = Command.allCases.map { $0.makeSpecification() }
        traits = zip(Command.allCases, specifications).map { command, row in
            Traits(
                arity: Int16(row.arity), hasSubcommands: row.hasSubcommands, isSmall: row.isSmall,
                concernsOrigins: ![.none, .gets].contains(command.originUse))
        }
        pages = specifications.map { CommandManual.shared.page(of: "\($0.name)") }
        var names = specifications.map { "\($0.name)" }
        firstSubcommand = pages.map { page in
            defer { names += page.subcommands.map(\.name) }
            return names.count
        }
        self.names = names
        packedNames = specifications.map { PackedName($0.name) }
        var places = [UInt8](repeating: Self.noCommand, count: Self.placeCount)
        for command in Command.allCases {
            var place = packedNames[Int(command.rawValue)].hash & (Self.placeCount - 1)
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
        while case let number = places[place], number != Self.noCommand {
            if packedNames[Int(number)] == packed { return Command(rawValue: number) }
            place = (place + 1) & (Self.placeCount - 1)
        }
        return nil
    }

    func page(of command: Command) -> CommandPage { pages[Int(command.rawValue)] }

    /// The subcommand that a word names, in any case, and its place in `names`.
    func subcommand(_ word: RawSpan, of command: Command) -> (page: CommandPage, place: Int)? {
        let all = pages[Int(command.rawValue)].subcommands
        let name = "\(specifications[Int(command.rawValue)].name)|\(word.text.lowercased())"
        guard let index = all.firstIndex(where: { $0.name == name }) else { return nil }
        return (all[index], firstSubcommand[Int(command.rawValue)] + index)
    }

    /// Whether a name of COMMAND INFO and DOCS, `get` or `client|id`, is that of a command, and
    /// which subcommand it means.
    func find(_ name: RawSpan) -> (command: Command, subcommand: CommandPage?)? {
        let words = name.text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let first = Array((words.first ?? "").utf8)
        guard let command = unsafe command(first.span.bytes) else { return nil }
        guard words.count > 1 else { return (command, nil) }
        let second = Array(words[1].utf8)
        guard let found = unsafe subcommand(second.span.bytes, of: command) else { return nil }
        return (command, found.page)
    }
}

/// Up to 15 letters in lower case, in two words, and their number.
struct PackedName: Hashable {
    private let first: UInt64
    private let last: UInt64
    private let count: Int

    init(_ name: RawSpan) {
        // Letters only differ in this bit; other bytes that it confuses are in no command's name.
        let lowerCase: UInt64 = 0x2020_2020_2020_2020
        let (first, last) = KeyHasher.shortWords(name)
        (self.first, self.last) = (first | lowerCase, last | lowerCase)
        count = name.byteCount
    }

    init(_ name: StaticString) {
        self = name.withUTF8Buffer { unsafe PackedName(RawSpan(_unsafeBytes: .init($0))) }
    }

    var hash: Int {
        let mixed = (first ^ last &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed >> 40)
    }
}
