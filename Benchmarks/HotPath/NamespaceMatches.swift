import LarderCore

/// What finding the namespace of a key costs, by the number of patterns.
enum NamespaceMatches {
    static func run(_ count: Int) {
        for patternCount in [1, 10, 1000] {
            // As services name their keys: a word, an id, a word, a number.
            let texts = (0..<patternCount).map { "service\($0):{id}:page:{n}" }
            guard let patterns = try? texts.map({ try KeyPattern(parsing: $0) }),
                let matcher = try? NamespaceMatcher(patterns)
            else { continue }
            var random = SeededRandom(seed: 1)
            let keys = (0..<1000).map { _ in
                let service = Int.random(in: 0..<patternCount, using: &random)
                let id = Int.random(in: 100_000..<1_000_000, using: &random)
                return Array("service\(service):\(id):page:7".utf8)
            }
            let other = keys.map { Array("other".utf8) + $0 }
            let captures = time(count, keys) { unsafe matcher.match($0.span.bytes)?.number ?? 0 }
            print(
                "\(patternCount) patterns, \(matcher.stateCount) states:",
                "number \(time(count, keys) { unsafe matcher.number(of: $0.span.bytes) ?? 0 }),",
                "captures \(captures),",
                "no match \(time(count, other) { unsafe matcher.number(of: $0.span.bytes) ?? 0 })",
                "ns of CPU per key of \(keys[0].count) bytes")
        }
    }

    private static func time(
        _ count: Int, _ keys: [[UInt8]], _ find: ([UInt8]) -> Int
    ) -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            var sum = 0
            let start = HotPath.cpuNanoseconds()
            for index in 0..<(count / 5) { sum &+= find(keys[index % keys.count]) }
            let each = Double(HotPath.cpuNanoseconds() - start) / Double(count / 5)
            best = sum < 0 ? best : min(best, each)
        }
        return HotPath.rounded(best)
    }
}
