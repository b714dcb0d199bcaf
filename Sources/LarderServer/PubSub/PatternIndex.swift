import LarderWire

/// Patterns by what stands before their first wildcard, so that a channel is compared with those
/// alone that begin as it does.
///
/// Buckets go by a hash of that beginning. Two that collide share one, which costs a comparison.
struct PatternIndex {
    /// Bytes of the beginning that count. A channel is looked up once for each length that there
    /// is, so this bounds the look-ups.
    private static let prefixBytesMax = 64

    private var buckets: [UInt64: Set<TopicName>] = [:]
    /// How many patterns have a beginning of each length.
    private var counts = [Int](repeating: 0, count: prefixBytesMax + 1)

    /// - Complexity: O(1) on average.
    mutating func insert(_ pattern: TopicName) {
        let length = Self.literalBytes(of: pattern)
        if buckets[pattern.prefixHash(length), default: []].insert(pattern).inserted {
            counts[length] += 1
        }
    }

    /// - Complexity: O(1) on average.
    mutating func remove(_ pattern: TopicName) {
        let length = Self.literalBytes(of: pattern)
        let hash = pattern.prefixHash(length)
        guard buckets[hash]?.remove(pattern) != nil else { return }
        counts[length] -= 1
        if buckets[hash]?.isEmpty == true { buckets[hash] = nil }
    }

    /// Calls `body` with every pattern that `channel` matches.
    ///
    /// - Complexity: O(64 + patterns that begin as the channel does).
    func forEach(matching channel: TopicName, _ body: (TopicName) -> Void) {
        guard !buckets.isEmpty else { return }
        let name = channel.bytes
        for length in 0...min(channel.count, Self.prefixBytesMax) where counts[length] > 0 {
            for pattern in buckets[channel.prefixHash(length)] ?? [] {
                let bytes = pattern.bytes
                if unsafe Glob.matches(name.span.bytes, bytes.span.bytes) { body(pattern) }
            }
        }
    }

    /// Bytes before the first that may stand for others; a backslash is one of them.
    private static func literalBytes(of pattern: TopicName) -> Int {
        let wildcards = [UInt8](#"*?[\"#.utf8)
        return pattern.bytes.prefix(prefixBytesMax).prefix { !wildcards.contains($0) }.count
    }
}
