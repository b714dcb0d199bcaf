import LarderCore
import LarderWire

/// A server of PING and ECHO around a `RequestParser`, as a connection of the real one has it: one
/// buffer, from which understood requests are dropped.
struct RESPServer: ~Copyable {
    var limits = RequestLimits()
    private var parser = RequestParser()
    private var arguments = ArgumentList(capacity: 1)
    private var output = OutputBuffer(capacity: 0)
    private var buffer: [UInt8] = []
    private(set) var isClosed = false
    /// The arguments of all requests so far.
    private(set) var requests: [[[UInt8]]] = []
    private(set) var failure: ProtocolFailure?
    /// What the parser asked for last.
    private(set) var needed = 1

    init() {}

    var reply: [UInt8] { output.contents }
    var pending: Int { buffer.count }

    mutating func receive(_ bytes: some Sequence<UInt8>) {
        buffer += bytes
        let held = buffer
        let start = withRaw(held) { parseAll($0) }
        buffer.removeFirst(start)
    }

    /// Serves what is complete, and says where it ends.
    private mutating func parseAll(_ bytes: RawSpan) -> Int {
        var start = 0
        while !isClosed {
            do {
                switch try parser.parse(bytes, from: start, limits: limits, into: &arguments) {
                case .request(let end):
                    serve((0..<arguments.count).map { bytes.array(arguments[$0]) })
                    start = end
                case .inlineRequest(let end):
                    let words = arguments.withInlineBytes { inline in
                        (0..<arguments.count).map { inline.array(arguments[$0]) }
                    }
                    serve(words)
                    start = end
                case .empty(let end): start = end
                case .needMore(let atLeast):
                    needed = atLeast
                    return start
                case .largeArgument(_, let length, let offset):
                    needed = offset - start + length + 2
                    return start
                }
            } catch {
                failure = error
                error.append(to: &output)
                isClosed = true
            }
        }
        return start
    }

    private mutating func serve(_ words: [[UInt8]]) {
        requests.append(words)
        let name = String(decoding: words[0], as: UTF8.self).lowercased()
        switch (name, words.count) {
        case ("ping", 1): output.appendSimple("PONG")
        case ("ping", 2), ("echo", 2):
            withRaw(words[1]) { output.appendBulk($0) }
        case ("ping", _), ("echo", _):
            refuse("ERR wrong number of arguments for '\(name)' command".utf8)
        default: refuseUnknown(words)
        }
    }

    private mutating func refuseUnknown(_ words: [[UInt8]]) {
        var text = Array("ERR unknown command '".utf8)
        text += words[0].prefix { $0 != 0 }.prefix(128)
        text += "', with args beginning with: ".utf8
        var listed: [UInt8] = []
        for word in words.dropFirst() where listed.count < 128 {
            listed += "'".utf8 + word.prefix(128 - listed.count) + "' ".utf8
        }
        refuse(text + listed)
    }

    private mutating func refuse(_ text: some Sequence<UInt8>) {
        withRaw(Array(text)) { output.appendError($0) }
    }
}
