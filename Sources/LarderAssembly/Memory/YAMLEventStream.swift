import CYAML

/// What libyaml reports while it walks over a document.
enum YAMLEvent {
    case documentStart
    case documentEnd
    case scalar(String, isPlain: Bool)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
    case alias
    case tagged
    case other
    case streamEnd
    case failure(String)
}

/// The events of one document text. Owns the parser of libyaml and the bytes it reads.
@safe struct YAMLEventStream: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// Where the last event began.
    private(set) var position = YAMLNode.Position(line: 1, column: 1)

    init(_ bytes: [UInt8]) {
        unsafe parser = .allocate(capacity: 1)
        unsafe input = .allocate(capacity: bytes.count)
        _ = unsafe input.initialize(from: bytes)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            fatalError("There is no memory to read a configuration of \(bytes.count) bytes.")
        }
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event. After `.failure` and `.streamEnd` there are no more.
    mutating func next() -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { return failure() }
        defer { unsafe yaml_event_delete(&event) }
        position = unsafe Self.position(event.start_mark)
        return unsafe Self.translated(event)
    }

    private static func translated(_ event: yaml_event_t) -> YAMLEvent {
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            if unsafe scalar.tag != nil { return .tagged }
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            return unsafe .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
        case YAML_SEQUENCE_START_EVENT:
            return unsafe event.data.sequence_start.tag == nil ? .sequenceStart : .tagged
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            return unsafe event.data.mapping_start.tag == nil ? .mappingStart : .tagged
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .alias
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .streamEnd
        default: return .other
        }
    }

    private mutating func failure() -> YAMLEvent {
        let problem = unsafe parser.pointee.problem
        let text = unsafe problem.map { unsafe String(cString: $0) } ?? "not readable"
        guard unsafe parser.pointee.error != YAML_READER_ERROR else {
            position = position(ofByte: unsafe parser.pointee.problem_offset)
            return .failure("this is not UTF-8 text: \(text)")
        }
        position = unsafe Self.position(parser.pointee.problem_mark)
        let isTab = text.hasSuffix("cannot start any token")
        return .failure("this is not YAML: \(text)" + (isTab ? " (YAML indents with blanks)" : ""))
    }

    private func position(ofByte offset: Int) -> YAMLNode.Position {
        var (line, column) = (1, 1)
        for index in unsafe input.indices.prefix(offset) {
            let isNewline = unsafe input[index] == UInt8(ascii: "\n")
            (line, column) = isNewline ? (line + 1, 1) : (line, column + 1)
        }
        return YAMLNode.Position(line: line, column: column)
    }

    private static func position(_ mark: yaml_mark_t) -> YAMLNode.Position {
        YAMLNode.Position(line: mark.line + 1, column: mark.column + 1)
    }
}
