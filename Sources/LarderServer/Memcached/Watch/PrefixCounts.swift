import LarderCore
import LarderWire

/// How often keys of each prefix, which ends at a colon, were asked for: `stats detail`.
final class PrefixCounts: Sendable {
    /// Most prefixes. Further ones are not counted, for each takes memory until it is switched off.
    private static var prefixMax: Int { 10_000 }

    private struct Counts {
        var gets = 0
        var hits = 0
        var sets = 0
        var deletes = 0
    }

    private let counts = Guarded<[[UInt8]: Counts]>([:])

    /// What is counted.
    enum Use {
        case get(isHit: Bool)
        case set, delete
    }

    /// Counts a use of a key.
    func note(_ use: Use, _ key: RawSpan) {
        var prefix: [UInt8] = []
        while prefix.count < key.byteCount, case let byte = key.byte(at: prefix.count),
            byte != UInt8(ascii: ":")
        {
            prefix.append(byte)
        }
        guard prefix.count < key.byteCount else { return }
        counts.withLock { counts in
            guard counts[prefix] != nil || counts.count < Self.prefixMax else { return }
            switch use {
            case .get(let isHit):
                counts[prefix, default: Counts()].gets += 1
                if isHit { counts[prefix, default: Counts()].hits += 1 }
            case .set: counts[prefix, default: Counts()].sets += 1
            case .delete: counts[prefix, default: Counts()].deletes += 1
            }
        }
    }

    /// Forgets everything.
    func reset() {
        counts.withLock { $0 = [:] }
    }

    /// A line for each prefix, in order.
    var lines: String {
        let all = counts.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return all.map { prefix, counts in
            "PREFIX \(String(decoding: prefix, as: UTF8.self)) get \(counts.gets)"
                + " hit \(counts.hits) set \(counts.sets) del \(counts.deletes)\r\n"
        }.joined()
    }
}
