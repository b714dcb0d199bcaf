/// The form of a family of keys: `user:{id}:posts:page:{n}`.
///
/// - A capture, `{id}`, stands for one part of a key: at least one byte, up to the next `:` or to
///   the byte that follows the capture in the pattern.
/// - A rest, `{path...}`, stands at the end only: at least one byte, `:` too.
/// - All other bytes stand for themselves; `{{` and `}}` for braces.
///
/// Parts are any bytes. Those that a key could not hold there are escaped (`PartEscaping`), so that
/// each list of parts has one key, and each key that matches one list of parts.
public struct KeyPattern: Sendable, Hashable {
    /// Most captures. They are kept in place, without allocation.
    public static let captureCountMax = 8
    /// Most bytes of a pattern. Ten times what seems sensible.
    public static let byteCountMax = 1024

    /// As it was written.
    public let text: String
    /// The names of the captures, in their order; each once.
    public let captureNames: [String]

    /// The literal bytes of all pieces.
    let literal: [UInt8]
    /// Literal bytes and the capture behind them, in turn.
    let pieces: [Piece]

    /// A run of literal bytes and what follows it.
    struct Piece: BitwiseCopyable, Hashable, Sendable {
        /// Where the run ends in `literal`; it begins where the one before ended.
        let literalEnd: Int32
        let capture: Capture
        /// Beside `:`, the byte that ends a part: the first of the next run.
        let end: UInt8
    }

    enum Capture: UInt8, BitwiseCopyable, Sendable {
        /// The pattern ends here.
        case none
        case part, rest
    }

    /// The separator of parts.
    static let separator = UInt8(ascii: ":")

    /// Reads a pattern.
    ///
    /// - Throws: `TextFormError` with the place of the first mistake.
    public init(parsing text: String) throws(TextFormError) {
        var reader = KeyPatternReader(text)
        try reader.read()
        self.text = text
        captureNames = reader.names
        literal = reader.literal
        pieces = reader.pieces
    }

    /// Whether both match the same keys, whatever they call the captures.
    public func matchesSameKeys(as other: KeyPattern) -> Bool {
        literal == other.literal && pieces == other.pieces
    }

    /// The captures in `key`; nil when it does not have this form.
    ///
    /// - Complexity: O(key bytes), without allocation.
    public func match(_ key: RawSpan) -> KeyCaptures? {
        var captures = KeyCaptures()
        var offset = 0
        var literalStart = 0
        guard key.byteCount <= Int(UInt32.max) else { return nil }
        for piece in pieces {
            let literalEnd = Int(piece.literalEnd)
            guard key.byteCount - offset >= literalEnd - literalStart else { return nil }
            while literalStart < literalEnd {
                guard key.byte(at: offset) == literal[literalStart] else { return nil }
                offset += 1
                literalStart += 1
            }
            let start = offset
            switch piece.capture {
            case .none: continue
            case .rest: offset = key.byteCount
            case .part: offset = key.partEnd(from: start, before: piece.end)
            }
            guard offset > start else { return nil }
            captures.append(start..<offset)
        }
        return offset == key.byteCount ? captures : nil
    }
}

extension KeyPattern: CustomStringConvertible {
    /// As it was written.
    public var description: String { text }
}

/// Where the captures of a pattern lie in a key.
public struct KeyCaptures: BitwiseCopyable, Sendable {
    private var bounds = InlineArray<16, UInt32>(repeating: 0)
    /// How many there are.
    public private(set) var count = 0

    init() {}

    mutating func append(_ range: Range<Int>) {
        bounds[2 * count] = UInt32(range.lowerBound)
        bounds[2 * count + 1] = UInt32(range.upperBound)
        count += 1
    }

    /// The bytes of the capture number `index`, as they stand in the key, never empty.
    public subscript(index: Int) -> Range<Int> {
        precondition(index < count, "There is no such capture.")
        return Int(bounds[2 * index])..<Int(bounds[2 * index + 1])
    }
}

extension RawSpan {
    /// The byte at `offset`.
    @inline(__always) func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Where the part that begins at `start` ends: at a `:`, at `end`, or with the key.
    func partEnd(from start: Int, before end: UInt8) -> Int {
        var offset = start
        while offset < byteCount {
            let byte = byte(at: offset)
            if byte == KeyPattern.separator || byte == end { break }
            offset += 1
        }
        return offset
    }
}
