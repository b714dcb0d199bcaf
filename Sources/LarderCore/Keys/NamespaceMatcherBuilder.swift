/// Makes the states of a `NamespaceMatcher` (subset construction [1]).
///
/// The patterns become a tree first, so common beginnings are there once. A state is the set of
/// the nodes of the tree that the bytes so far may have led to. Nearly all sets have one node.
///
/// [1] M. Rabin and D. Scott, Finite automata and their decision problems, IBM Journal 3 (1959),
///     https://doi.org/10.1147/rd.32.0114
struct NamespaceMatcherBuilder {
    private(set) var states: [NamespaceMatcher.State] = []
    private(set) var labels: [UInt8] = []
    private(set) var targets: [UInt32] = []
    private(set) var rows: [UInt32] = []

    /// Most nodes looked at, over all states and edges: below a second of a release build. Ten
    /// thousand patterns without overlaps need an eighth of it.
    static let workMax = 4_000_000

    private let workMax: Int

    private let patterns: [KeyPattern]
    private var tree = PatternTree()
    private var numbers: [[Int32]: UInt32] = [:]
    private var sets: [[Int32]] = []
    private var work = 0

    init(_ patterns: [KeyPattern], workMax: Int = Self.workMax) {
        self.patterns = patterns
        self.workMax = workMax
    }

    mutating func build() throws(NamespaceMatcherError) {
        for (number, pattern) in patterns.enumerated() {
            if let first = tree.insert(pattern, number: number) {
                throw .same(first: first, second: number)
            }
        }
        let ranks = ranks()
        _ = try number(of: [])
        _ = try number(of: [PatternTree.root])
        while states.count < sets.count {
            let set = sets[states.count]
            let accepted = set.compactMap { tree.nodes[Int($0)].accepted }
                .min { ranks[$0] < ranks[$1] }
            var state = NamespaceMatcher.State()
            state.accepted = accepted.map { UInt32($0) + 1 } ?? 0
            try addEdges(of: set, to: &state)
            states.append(state)
        }
    }

    /// The place of each pattern among those that match one key: the lowest wins.
    private func ranks() -> [Int] {
        func order(_ number: Int) -> (Int, Int, Int) {
            let pattern = patterns[number]
            let hasRest = pattern.pieces.last?.capture == .rest
            return (-pattern.literal.count, hasRest ? 1 : 0, number)
        }
        var ranks = Array(repeating: 0, count: patterns.count)
        let sorted = patterns.indices.sorted { order($0) < order($1) }
        for (rank, number) in sorted.enumerated() { ranks[number] = rank }
        return ranks
    }

    private mutating func addEdges(
        of set: [Int32], to state: inout NamespaceMatcher.State
    ) throws(NamespaceMatcherError) {
        let other = try number(of: following(set, nil))
        var edges: [(label: UInt8, target: UInt32)] = []
        for label in tree.labels(of: set) {
            let target = try number(of: following(set, label))
            if target != other { edges.append((label, target)) }
        }
        state.other = other
        state.edgeCount = UInt32(edges.count)
        if edges.count >= NamespaceMatcher.State.denseEdgeCount {
            state.edgeStart = UInt32(rows.count)
            rows += Array(repeating: other, count: 256)
            for edge in edges { rows[Int(state.edgeStart) + Int(edge.label)] = edge.target }
        } else {
            state.edgeStart = UInt32(labels.count)
            labels += edges.map(\.label)
            targets += edges.map(\.target)
        }
    }

    /// The nodes that `byte` leads to, or any byte that is no label.
    private mutating func following(_ set: [Int32], _ byte: UInt8?) -> [Int32] {
        var found: [Int32] = []
        for node in set { tree.follow(node, byte, &found) }
        work += set.count
        guard found.count > 1 else { return found }
        // No node is reached twice but from itself and its parent.
        return Array(Set(found)).sorted()
    }

    /// The number of the state of `set`, which is made if it is not there.
    private mutating func number(of set: [Int32]) throws(NamespaceMatcherError) -> UInt32 {
        if let number = numbers[set] { return number }
        guard sets.count < NamespaceMatcher.stateCountMax, work < workMax else {
            throw .tooManyStates
        }
        let number = UInt32(sets.count)
        numbers[set] = number
        sets.append(set)
        return number
    }
}

/// All patterns, with common beginnings once.
struct PatternTree {
    static let root: Int32 = 0

    struct Node {
        /// What the node itself takes any number of: the bytes of a capture.
        var capture = KeyPattern.Capture.none
        /// Which byte, beside `:`, the capture does not take.
        var end = KeyPattern.separator
        /// Literal bytes that lead on.
        var literals: [(byte: UInt8, node: Int32)] = []
        /// Captures that begin behind this node.
        var captures: [Int32] = []
        /// The pattern that ends here.
        var accepted: Int?
    }

    private(set) var nodes = [Node()]

    /// - Returns: The pattern that matches the same keys, if there is one.
    mutating func insert(_ pattern: KeyPattern, number: Int) -> Int? {
        var node = Self.root
        var literalStart = 0
        for piece in pattern.pieces {
            for byte in pattern.literal[literalStart..<Int(piece.literalEnd)] {
                node = child(of: node, byte)
            }
            literalStart = Int(piece.literalEnd)
            if piece.capture != .none { node = child(of: node, piece) }
        }
        if let first = nodes[Int(node)].accepted { return first }
        nodes[Int(node)].accepted = number
        return nil
    }

    private mutating func child(of node: Int32, _ byte: UInt8) -> Int32 {
        let known = nodes[Int(node)].literals.first { $0.byte == byte }
        if let known { return known.node }
        let child = Int32(nodes.count)
        nodes.append(Node())
        nodes[Int(node)].literals.append((byte, child))
        return child
    }

    private mutating func child(of node: Int32, _ piece: KeyPattern.Piece) -> Int32 {
        let known = nodes[Int(node)].captures.first {
            nodes[Int($0)].capture == piece.capture && nodes[Int($0)].end == piece.end
        }
        if let known { return known }
        let child = Int32(nodes.count)
        nodes.append(Node(capture: piece.capture, end: piece.end))
        nodes[Int(node)].captures.append(child)
        return child
    }

    /// The bytes that do not lead from `set` to where all others lead.
    func labels(of set: [Int32]) -> [UInt8] {
        var isLabel = InlineArray<256, Bool>(repeating: false)
        for number in set {
            let node = nodes[Int(number)]
            for literal in node.literals { isLabel[Int(literal.byte)] = true }
            for capture in node.captures + [number]
            where nodes[Int(capture)].capture == .part {
                isLabel[Int(nodes[Int(capture)].end)] = true
                isLabel[Int(KeyPattern.separator)] = true
            }
        }
        return (0...255).filter { isLabel[Int($0)] }
    }

    /// Appends where `byte`, or one that is no label, leads from the node `number`.
    func follow(_ number: Int32, _ byte: UInt8?, _ found: inout [Int32]) {
        let node = nodes[Int(number)]
        if let next = node.literals.first(where: { $0.byte == byte }) { found.append(next.node) }
        if takes(node, byte) { found.append(number) }
        for capture in node.captures where takes(nodes[Int(capture)], byte) {
            found.append(capture)
        }
    }

    private func takes(_ node: Node, _ byte: UInt8?) -> Bool {
        switch node.capture {
        case .none: false
        case .rest: true
        case .part: byte != KeyPattern.separator && byte != node.end
        }
    }
}
