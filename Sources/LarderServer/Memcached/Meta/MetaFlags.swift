import LarderCore
import LarderWire

/// Why a meta command is refused, in memcached's words.
struct MetaRefusal: Error {
    let text: StaticString

    init(_ text: StaticString) {
        self.text = text
    }
}

/// The flags of a meta command: letters, each at most once, some with a word behind them.
struct MetaFlags {
    /// Where the flags are among the arguments.
    let places: Range<Int>
    /// The key that `b` says is in base64.
    private(set) var decodedKey: [UInt8]?
    private(set) var expiry: Int32?
    private(set) var vivifyExpiry: Int32?
    private(set) var recacheTime: Int32 = 0
    private(set) var clientFlags: UInt32 = 0
    private(set) var version: UInt64?
    private(set) var mode: UInt8?
    private(set) var initial: UInt64 = 0
    private(set) var delta: UInt64 = 1
    private(set) var hasLongOpaque = false
    /// Bit `letter - 64` for each letter that was seen.
    private var letters: UInt64 = 0
    private var refusal: MetaRefusal?

    /// Reads the flags in `places`.
    ///
    /// - Parameters:
    ///   - call: The command and its arguments.
    ///   - places: Those of them that are flags.
    /// - Throws: What memcached refuses; of several mistakes the one that it names.
    init(_ call: borrowing Call, _ places: Range<Int>) throws(MetaRefusal) {
        self.places = places
        for place in places {
            let word = call[place]
            let letter = word.byte(at: 0)
            let bit: UInt64 = letter < 64 ? 0 : 1 << UInt64(letter & 63)
            guard letter < 127, letters & bit == 0 else {
                throw MetaRefusal("CLIENT_ERROR duplicate flag")
            }
            letters |= bit
            guard bit != 0, read(letter, word, key: call[0]) else {
                throw MetaRefusal("CLIENT_ERROR invalid flag")
            }
        }
        if let refusal { throw refusal }
    }

    /// Whether a flag is there.
    func has(_ letter: Unicode.Scalar) -> Bool {
        letters & 1 << UInt64(letter.value & 63) != 0
    }

    /// Whether the client gave the key in base64.
    var hasEncodedKey: Bool { decodedKey != nil }

    /// Calls `body` with the key that the client means by `word`.
    func withKey(_ word: RawSpan, _ body: (RawSpan) -> Void) {
        guard let decodedKey else { return body(word) }
        unsafe body(decodedKey.span.bytes)
    }

    /// Takes a flag with its word; `false` for one that there is not.
    private mutating func read(_ letter: UInt8, _ word: RawSpan, key: RawSpan) -> Bool {
        let number = 1..<word.byteCount
        switch letter {
        case UInt8(ascii: "T"): expiry = checked(MemcachedNumber.signed32(word, number))
        case UInt8(ascii: "N"): vivifyExpiry = checked(MemcachedNumber.signed32(word, number))
        case UInt8(ascii: "R"): recacheTime = checked(MemcachedNumber.signed32(word, number)) ?? 0
        case UInt8(ascii: "C"): version = checked(MemcachedNumber.unsigned64(word, number))
        case UInt8(ascii: "F"): noteClientFlags(MemcachedNumber.unsigned32(word, number))
        case UInt8(ascii: "J"): noteInitial(MemcachedNumber.unsigned64(word, number))
        case UInt8(ascii: "D"): noteDelta(MemcachedNumber.unsigned64(word, number))
        case UInt8(ascii: "M"): noteMode(word)
        case UInt8(ascii: "b"): noteKey(key)
        case UInt8(ascii: "O"): hasLongOpaque = Self.isLongOpaque(word)
        default: return Self.wordless.contains(letter)
        }
        return true
    }

    /// Whether an `O` flag, its letter included, is longer than memcached echoes.
    static func isLongOpaque(_ word: RawSpan) -> Bool {
        word.byteCount > 32
    }

    /// Flags that stand alone; and two with a word, which memcached leaves to proxies.
    private static var wordless: StaticString { "PLkstcflhvuqI" }

    private mutating func checked<Number>(_ number: Number?) -> Number? {
        if number == nil {
            refusal = MetaRefusal("CLIENT_ERROR bad token in command line format")
        }
        return number
    }

    private mutating func noteClientFlags(_ number: UInt32?) {
        clientFlags = number ?? 0
        guard number == nil, refusal == nil else { return }
        refusal = MetaRefusal("CLIENT_ERROR bad command line format")
    }

    private mutating func noteInitial(_ number: UInt64?) {
        initial = number ?? 0
        if number == nil {
            refusal = MetaRefusal("CLIENT_ERROR invalid numeric initial value")
        }
    }

    private mutating func noteDelta(_ number: UInt64?) {
        delta = number ?? 0
        if number == nil { refusal = MetaRefusal("CLIENT_ERROR invalid numeric delta value") }
    }

    private mutating func noteMode(_ word: RawSpan) {
        if word.byteCount == 2 {
            mode = word.byte(at: 1)
        } else {
            refusal = MetaRefusal("CLIENT_ERROR incorrect length for M token")
        }
    }

    private mutating func noteKey(_ key: RawSpan) {
        decodedKey = Base64.decoded(key)
        if decodedKey == nil { refusal = MetaRefusal("CLIENT_ERROR error decoding key") }
    }
}

extension StaticString {
    /// Whether one of the bytes is `byte`.
    func contains(_ byte: UInt8) -> Bool {
        (0..<utf8CodeUnitCount).contains { self.byte(at: $0) == byte }
    }
}

extension MetaFlags {
    /// The flags behind a key; nil after memcached's one refusal for all mistakes was written.
    init?(behindKeyOf call: borrowing Call, _ output: inout OutputBuffer) {
        do throws(MetaRefusal) {
            self = try MetaFlags(call, 1..<call.count)
        } catch {
            output.appendRefusal("CLIENT_ERROR invalid or duplicate flag")
            return nil
        }
    }
}
