import LarderWire

/// One input of the fuzzer: a byte that says how the rest is served, and the rest.
public struct Pieces {
    /// How to serve the bytes.
    public let choice: UInt8
    /// What to serve.
    public let bytes: [UInt8]

    /// Takes an input apart.
    public init(_ input: RawSpan) {
        choice = input.byteCount > 0 ? input.byte(at: 0) : 0
        bytes = input.byteCount > 1 ? (1..<input.byteCount).map { input.byte(at: $0) } : []
    }

    /// The bytes in one piece.
    public var whole: [[UInt8]] { [bytes] }

    /// The bytes in pieces of sizes that follow from `choice`: single bytes, or up to 16 each; in
    /// larger ones when there are so many that the fuzzer would crawl.
    public var parts: [[UInt8]] {
        let sizeMax = max(16, bytes.count / 32)
        let isBytewise = choice & 3 == 0 && bytes.count <= 512
        var (parts, rest, state) = ([[UInt8]](), bytes[...], UInt64(choice) &+ 1)
        while !rest.isEmpty {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let size = isBytewise ? 1 : Int(state >> 33) % sizeMax + 1
            parts.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return Self.hasPlantedBug ? Self.withoutByteBehindReturn(parts) : parts
    }

    /// The same bytes as if a reader forgot the byte behind a carriage return that ends a piece:
    /// the kind of mistake that the comparison is there to find.
    private static func withoutByteBehindReturn(_ parts: [[UInt8]]) -> [[UInt8]] {
        var parts = parts
        for index in parts.indices.dropFirst() where parts[index - 1].last == UInt8(ascii: "\r") {
            parts[index].removeFirst()
        }
        return parts
    }

    /// Whether to be wrong on purpose, so that it can be seen that the fuzzers notice.
    private static let hasPlantedBug = CommandLine.arguments.contains("-planted_bug=1")
}

/// Stops the fuzzer, which then keeps the input.
public func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}

/// Calls `body` with the bytes of an array.
public func withRaw<Result: ~Copyable, Failure: Error>(
    _ bytes: [UInt8], _ body: (RawSpan) throws(Failure) -> Result
) throws(Failure) -> Result {
    let span = bytes.span
    return try unsafe body(span.bytes)
}

extension RawSpan {
    /// The bytes of `range`.
    public func array(_ range: Range<Int>) -> [UInt8] { range.map { byte(at: $0) } }
}
