import LarderCore

/// The name of a channel, or a pattern for such names, hashed once.
///
/// A subscription looks its name up several times, and an array of bytes would be hashed byte by
/// byte each time.
struct TopicName: Hashable, Sendable {
    /// Its seed is of this process, so that nobody can choose names that collide.
    private static let hasher = KeyHasher(seed: .random(in: .min ... .max))

    let bytes: [UInt8]
    private let hashBits: UInt64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        hashBits = unsafe Self.hasher.hash(bytes.span.bytes)
    }

    var count: Int { bytes.count }

    /// A hash of the first `count` bytes.
    func prefixHash(_ count: Int) -> UInt64 {
        unsafe Self.hasher.hash(bytes.span.bytes.extracting(0..<count))
    }

    static func == (left: TopicName, right: TopicName) -> Bool {
        left.hashBits == right.hashBits && left.bytes == right.bytes
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(hashBits)
    }
}
