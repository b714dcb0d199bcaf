/// Which keyspace events are sent, and on which channels: redis's letters.
public struct EventClasses: OptionSet, Sendable, Hashable {
    /// One bit for each letter of `letters`.
    public let rawValue: UInt32

    /// The set of these bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Redis's order, in which the letters are shown.
    private static let letters = Array("g$lshzxetdnKEm")

    private init(letter: Character) {
        let place = Self.letters.firstIndex(of: letter).map(UInt32.init)
        rawValue = place.map { 1 << $0 } ?? 0
    }

    /// Commands that are not of one type: DEL, EXPIRE, RENAME …
    public static let generic = EventClasses(letter: "g")
    /// Commands on strings.
    public static let string = EventClasses(letter: "$")
    /// Entries whose time is over.
    public static let expired = EventClasses(letter: "x")
    /// Entries that left to make room.
    public static let evicted = EventClasses(letter: "e")
    /// Keys that are new.
    public static let new = EventClasses(letter: "n")
    /// Reads that found nothing.
    public static let missed = EventClasses(letter: "m")
    /// Send to `__keyspace@<database>__:<key>`.
    public static let keyspace = EventClasses(letter: "K")
    /// Send to `__keyevent@<database>__:<event>`.
    public static let keyevent = EventClasses(letter: "E")
    /// What `A` stands for.
    private static let all = Set("g$lshzxetd").reduce(into: EventClasses([])) {
        $0.insert(EventClasses(letter: $1))
    }

    /// The set of these letters; `nil` when one means nothing.
    public init?(_ text: String) {
        self = []
        for letter in text {
            if letter == "A" {
                insert(Self.all)
            } else if Self.letters.contains(letter) {
                insert(EventClasses(letter: letter))
            } else {
                return nil
            }
        }
    }

    /// The letters as redis shows them, which leaves out `n` beside `A`.
    public var text: String {
        let isAll = isSuperset(of: Self.all)
        let shown = Self.letters.filter { letter in
            let bit = EventClasses(letter: letter)
            let isCovered = Self.all.contains(bit) || bit == .new
            return contains(bit) && !(isAll && isCovered)
        }
        return (isAll ? "A" : "") + String(shown)
    }

    /// Whether anything is sent at all.
    public var isSending: Bool { !isDisjoint(with: [.keyspace, .keyevent]) }
}
