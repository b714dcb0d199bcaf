/// Finds the pattern that a key has, among any number of them, in one pass over the key.
///
/// All patterns become one table of states, with one step for each byte of the key. Where several
/// match, the most specific one wins: the one with the most literal bytes; among equals one without
/// a rest before one with; then the first of the list. So `user:me` wins over `user:{id}`, which
/// wins over `{kind}:{id}`; `a:{x}` and `{x}:b` are equal, and the first one gets `a:b`.
///
/// Overlapping patterns need states for their combinations, in the worst case as many as there are
/// sets of patterns; `init` refuses a list that needs too many. Lists that overlap like those of
/// people need about as many states as bytes.
public struct NamespaceMatcher: Sendable {
    /// Most states: with their edges about 40 MB.
    public static let stateCountMax = 1_000_000

    /// The patterns; a namespace's number is its place here.
    public let patterns: [KeyPattern]

    private let states: [State]
    private let labels: [UInt8]
    private let targets: [UInt32]
    private let rows: [UInt32]

    /// What the bytes so far came to.
    struct State: BitwiseCopyable {
        /// The first of its edges in `labels` and `targets`, or its row in `rows`.
        var edgeStart: UInt32 = 0
        var edgeCount: UInt32 = 0
        /// Where all other bytes lead.
        var other: UInt32 = 0
        /// The number of the pattern that matches if the key ends here, plus one; 0 for none.
        var accepted: UInt32 = 0

        /// From so many edges on a state has a row for all 256 bytes: a search would take longer,
        /// and a row costs no more than 128 bytes per edge.
        static let denseEdgeCount = 8
    }

    /// The state from which nothing matches any more, and the one before the first byte.
    static let (dead, start) = (0, 1)

    /// A matcher for `patterns`; without any it matches nothing.
    ///
    /// - Complexity: O(bytes of the patterns), times what overlaps.
    /// - Throws: `NamespaceMatcherError` that names the pattern that cannot be added.
    public init(_ patterns: [KeyPattern]) throws(NamespaceMatcherError) {
        var builder = NamespaceMatcherBuilder(patterns)
        try builder.build()
        self.patterns = patterns
        states = builder.states
        labels = builder.labels
        targets = builder.targets
        rows = builder.rows
    }

    /// How many states there are.
    public var stateCount: Int { states.count }

    /// The number of the pattern that `key` has; nil if it has none.
    ///
    /// - Complexity: O(key bytes) whatever the number of patterns, without allocation.
    public func number(of key: RawSpan) -> Int? {
        var stepCount = 0
        return number(of: key, &stepCount)
    }

    /// The pattern that `key` has, and where its captures lie; nil if it has none.
    ///
    /// - Complexity: O(key bytes) whatever the number of patterns, without allocation.
    public func match(_ key: RawSpan) -> NamespaceMatch? {
        guard let number = number(of: key), let captures = patterns[number].match(key) else {
            return nil
        }
        return NamespaceMatch(number: number, captures: captures)
    }

    /// The same as `number(of:)`; adds the edges that were looked at to `stepCount`.
    func number(of key: RawSpan, _ stepCount: inout Int) -> Int? {
        let (states, labels, targets, rows) = (states.span, labels.span, targets.span, rows.span)
        var state = states[Self.start]
        for offset in 0..<key.byteCount {
            let byte = key.byte(at: offset)
            stepCount += 1
            var next = state.other
            let first = Int(state.edgeStart)
            if state.edgeCount >= State.denseEdgeCount {
                next = rows[first + Int(byte)]
            } else {
                for edge in first..<(first + Int(state.edgeCount)) where labels[edge] == byte {
                    next = targets[edge]
                }
                stepCount += Int(state.edgeCount)
            }
            guard next != Self.dead else { return nil }
            state = states[Int(next)]
        }
        return state.accepted == 0 ? nil : Int(state.accepted) - 1
    }
}

/// The namespace of a key.
public struct NamespaceMatch: BitwiseCopyable, Sendable {
    /// The place of its pattern in the list.
    public let number: Int
    /// Where the captures lie in the key.
    public let captures: KeyCaptures
}

/// Why patterns cannot be put together.
public enum NamespaceMatcherError: Error, Hashable, Sendable {
    /// The pattern `second` matches the same keys as `first`.
    case same(first: Int, second: Int)
    /// The patterns overlap in more ways than there may be states.
    case tooManyStates
}
