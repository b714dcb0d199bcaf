/// Reads the text of a key pattern.
struct KeyPatternReader {
    private(set) var names: [String] = []
    private(set) var literal: [UInt8] = []
    private(set) var pieces: [KeyPattern.Piece] = []

    private let bytes: [UInt8]
    private var offset = 0
    /// The capture that waits for what follows it.
    private var waiting: (capture: KeyPattern.Capture, position: Int, literalEnd: Int)?

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func read() throws(TextFormError) {
        guard bytes.isEmpty == false else { throw error("The pattern is empty", at: 0) }
        guard bytes.count <= KeyPattern.byteCountMax else {
            throw error(
                "The pattern is longer than \(KeyPattern.byteCountMax) bytes",
                at: KeyPattern.byteCountMax)
        }
        while offset < bytes.count {
            let byte = bytes[offset]
            let isDoubled = offset + 1 < bytes.count && bytes[offset + 1] == byte
            switch byte {
            case UInt8(ascii: "{") where isDoubled, UInt8(ascii: "}") where isDoubled:
                try append(byte, byteCount: 2)
            case UInt8(ascii: "{"): try readCapture()
            case UInt8(ascii: "}"):
                throw error("There is a '}' without '{' (a brace of the key is '}}')", at: offset)
            case UInt8(ascii: "*"):
                throw error(
                    "'*' is no wildcard here; a part is {name}, all the rest {name...}, "
                        + "and there is one", at: offset)
            default: try append(byte, byteCount: 1)
            }
        }
        settle(before: KeyPattern.separator)
        if pieces.last?.capture ?? .none != .none, pieces.last?.literalEnd == Int32(literal.count) {
            return
        }
        pieces.append(
            KeyPattern.Piece(
                literalEnd: Int32(literal.count), capture: .none, end: KeyPattern.separator))
    }

    private mutating func append(_ byte: UInt8, byteCount: Int) throws(TextFormError) {
        if let waiting {
            guard waiting.capture == .part else {
                throw error("A rest, '{name...}', stands at the end only", at: waiting.position)
            }
            guard PartEscaping.canEnd(byte) else {
                throw error(
                    "Behind a capture stands no digit, no letter from A to F and no '%', because "
                        + "parts are escaped with them", at: offset)
            }
            settle(before: byte)
        }
        literal.append(byte)
        offset += byteCount
    }

    /// Ends the piece of the capture that waits.
    private mutating func settle(before end: UInt8) {
        guard let settled = waiting else { return }
        pieces.append(
            KeyPattern.Piece(
                literalEnd: Int32(settled.literalEnd), capture: settled.capture, end: end))
        waiting = nil
    }

    private mutating func readCapture() throws(TextFormError) {
        let start = offset
        guard waiting == nil else {
            throw error(
                "Two captures stand side by side, and nothing says where the first one ends",
                at: start)
        }
        guard let close = bytes[start...].firstIndex(of: UInt8(ascii: "}")) else {
            throw error("The '{' is never closed", at: start)
        }
        var name = bytes[(start + 1)..<close]
        let isRest = name.suffix(3).elementsEqual("...".utf8)
        if isRest { name.removeLast(3) }
        if let problem = CaptureName.problem(with: name) {
            throw error(problem.message, at: problem.position)
        }
        let text = String(decoding: name, as: UTF8.self)
        guard names.contains(text) == false else {
            throw error("There are two captures called '\(text)'", at: start + 1)
        }
        guard names.count < KeyPattern.captureCountMax else {
            throw error("There are more than \(KeyPattern.captureCountMax) captures", at: start)
        }
        names.append(text)
        waiting = (isRest ? .rest : .part, start, literal.count)
        offset = close + 1
    }

    private func error(_ cause: String, at position: Int) -> TextFormError {
        TextFormError(position: position, cause: cause, example: "user:{id}:posts")
    }
}

/// The names of captures: letters, digits, `_` and `-`, not beginning with a digit or `-`.
enum CaptureName {
    /// Most bytes of a name.
    static let byteCountMax = 64

    static func problem(with name: ArraySlice<UInt8>) -> (message: String, position: Int)? {
        guard let first = name.first else { return ("A capture has no name", name.startIndex) }
        if let wrong = name.firstIndex(where: { isAllowed($0) == false }) {
            return ("A capture's name has letters, digits, '_' and '-'", wrong)
        }
        if (48...57).contains(first) || first == UInt8(ascii: "-") {
            return ("A capture's name begins with a letter or '_'", name.startIndex)
        }
        guard name.count <= byteCountMax else {
            return ("A capture's name is longer than \(byteCountMax) bytes", name.startIndex)
        }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
