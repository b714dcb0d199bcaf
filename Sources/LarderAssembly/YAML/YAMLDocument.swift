/// The tree of one YAML document, with everything that is wrong with its text.
///
/// A configuration needs little of YAML, and what it does not need is refused with a sentence:
/// aliases (they can grow without bound), tags, keys that are not names, a second document.
public struct YAMLDocument: Sendable {
    /// Most levels of nesting. A configuration needs four; the bound keeps the recursion shallow.
    public static let depthMax = 32
    /// Most bytes of text. A hundred times the largest configuration that seems sensible.
    public static let byteCountMax = 1 << 20

    /// The outermost value; nil when the text holds none or stops making sense.
    public let root: YAMLNode?
    /// What is wrong, in the order of the text.
    public let problems: [YAMLProblem]

    /// Reads `bytes`. Never traps, whatever they are.
    ///
    /// - Complexity: O(bytes).
    public init(_ bytes: [UInt8]) {
        guard bytes.count <= Self.byteCountMax else {
            let message = "the file has \(bytes.count) bytes; at most \(Self.byteCountMax) are read"
            root = nil
            problems = [YAMLProblem(position: .init(line: 1, column: 1), message: message)]
            return
        }
        var reader = YAMLReader(events: YAMLEventStream(bytes))
        let (root, problems) = reader.document()
        self.root = root
        self.problems = problems
    }
}

/// Builds the tree out of the events.
private struct YAMLReader: ~Copyable {
    var events: YAMLEventStream
    var problems: [YAMLProblem] = []
    var isOver = false
    /// Whether the text stopped making sense: what was built until then may be half a value.
    var isBroken = false

    init(events: consuming YAMLEventStream) {
        self.events = events
    }

    mutating func document() -> (YAMLNode?, [YAMLProblem]) {
        var root: YAMLNode?
        var documentCount = 0
        while isOver == false {
            let event = next()
            switch event {
            case .documentStart:
                documentCount += 1
                guard documentCount == 1 else {
                    report("a second document begins here; a configuration is one document")
                    isOver = true
                    continue
                }
            case .documentEnd, .other: continue
            case .streamEnd: isOver = true
            default:
                let value = value(from: event, depth: 1)
                root = root ?? value
            }
        }
        return (isBroken ? nil : root, problems)
    }

    private mutating func next() -> YAMLEvent {
        let event = events.next()
        if case .failure(let message) = event {
            giveUp(message)
        }
        return event
    }

    private mutating func report(_ message: String, at position: YAMLNode.Position? = nil) {
        problems.append(YAMLProblem(position: position ?? events.position, message: message))
    }

    private mutating func giveUp(_ message: String) {
        report(message)
        isOver = true
        isBroken = true
    }

    /// The value that begins with `event`; nil when there is none to use.
    private mutating func value(from event: YAMLEvent, depth: Int) -> YAMLNode? {
        let position = events.position
        guard depth <= YAMLDocument.depthMax else {
            giveUp("more than \(YAMLDocument.depthMax) levels of nesting")
            return nil
        }
        switch event {
        case .scalar(let text, let isPlain):
            let isEmpty = isPlain && ["", "~", "null"].contains(text)
            return YAMLNode(content: isEmpty ? .empty : .scalar(text), position: position)
        case .sequenceStart:
            return YAMLNode(content: .sequence(sequence(depth: depth)), position: position)
        case .mappingStart:
            return YAMLNode(content: .mapping(mapping(depth: depth)), position: position)
        case .alias:
            report("aliases are not supported; write the value itself")
            return nil
        case .tagged:
            giveUp("tags such as !!str are not supported; leave the tag away")
            return nil
        case .failure: return nil
        default:
            isOver = true
            return nil
        }
    }

    private mutating func sequence(depth: Int) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        while isOver == false {
            let event = next()
            if case .sequenceEnd = event { break }
            if let node = value(from: event, depth: depth + 1) { nodes.append(node) }
        }
        return nodes
    }

    private mutating func mapping(depth: Int) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var seen: [String: YAMLNode.Position] = [:]
        while isOver == false {
            let event = next()
            if case .mappingEnd = event { break }
            let position = events.position
            let key = value(from: event, depth: depth + 1)
            guard isOver == false else { break }
            let value = value(from: next(), depth: depth + 1)
            guard let key, let value else { continue }
            guard case .scalar(let name) = key.content else {
                report("a key is a name, such as 'memory'", at: position)
                continue
            }
            if let first = seen[name] {
                report("'\(name.clipped)' stands in line \(first.line) already", at: position)
                continue
            }
            seen[name] = position
            entries.append(YAMLNode.Entry(key: name, position: position, value: value))
        }
        return entries
    }
}
