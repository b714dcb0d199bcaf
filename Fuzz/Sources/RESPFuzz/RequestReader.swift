import FuzzSupport
import LarderCore
import LarderWire

/// A connection that reads requests, and writes down what it saw.
struct RequestReader: ~Copyable {
    enum Event: Equatable {
        case request([[UInt8]])
        case inline([[UInt8]])
        case empty
        case failure(ProtocolFailure.Cause)
    }

    private var limits = RequestLimits()
    private var parser = RequestParser()
    private var arguments = ArgumentList(capacity: 1)
    private var buffer: [UInt8] = []
    /// Arguments taken out of the stream, and bytes to take.
    private var streamed: [Int: [UInt8]] = [:]
    private var streaming: (index: Int, left: Int)?
    private let streams: Bool
    private let forgets: Bool
    private(set) var transcript: [Event] = []
    private(set) var consumed = 0
    private(set) var isClosed = false

    init(choice: UInt8) {
        if choice & 0x60 == 0x60 { limits = .unauthenticated }
        if choice & 0x40 != 0 { limits.inlineBytesMax = 64 }
        if choice & 0x20 != 0 { limits.requestBytesMax = 1_024 }
        limits.largeArgumentBytesMin = 8
        streams = choice & 4 != 0
        forgets = choice & 0x14 == 0x10
    }

    var dependsOnPieces: Bool {
        transcript.contains { event in
            guard case .failure(let cause) = event else { return false }
            return cause == .inlineTooLong || cause == .requestTooLarge
        }
    }

    mutating func receive(_ bytes: [UInt8]) {
        var bytes = bytes[...]
        while !bytes.isEmpty, !isClosed {
            if let streaming {
                let taken = bytes.prefix(streaming.left)
                streamed[streaming.index, default: []] += taken
                self.streaming?.left -= taken.count
                bytes = bytes.dropFirst(taken.count)
                if streaming.left > taken.count { return }
                finishStreaming(streaming.index)
            } else {
                buffer += bytes
                bytes = []
            }
            let held = buffer
            let end = withRaw(held) { parseAll($0) }
            consumed += end
            buffer.removeFirst(end)
        }
    }

    private mutating func finishStreaming(_ index: Int) {
        streaming = nil
        streamed[index]?.removeLast(2)
        parser.skipLargeArgument(&arguments)
    }

    private mutating func parseAll(_ bytes: RawSpan) -> Int {
        var start = 0
        while true {
            if forgets { arguments.removeAll() }
            do {
                let step = try parser.parse(bytes, from: start, limits: limits, into: &arguments)
                guard let end = note(step, bytes, start) else { return start }
                require(end > start && end <= bytes.byteCount, "a request ends behind its start")
                start = end
            } catch {
                require(error.offset >= 0 && error.offset <= bytes.byteCount, "failure outside")
                var output = OutputBuffer(capacity: 1, limit: 1 << 20)
                error.append(to: &output)
                transcript.append(.failure(error.cause))
                isClosed = true
                return start
            }
        }
    }

    private mutating func note(_ step: RequestStep, _ bytes: RawSpan, _ start: Int) -> Int? {
        switch step {
        case .request(let end):
            let words = (0..<arguments.count).map { index in
                require(arguments[index].upperBound <= end, "an argument is in its request")
                return arguments.isStreamed(index)
                    ? streamed[index] ?? [] : bytes.array(arguments[index])
            }
            consumed += streamed.values.reduce(0) { $0 + $1.count + 2 }
            streamed = [:]
            transcript.append(.request(words))
            return end
        case .inlineRequest(let end):
            transcript.append(
                .inline(
                    arguments.withInlineBytes { inline in
                        (0..<arguments.count).map { inline.array(arguments[$0]) }
                    }))
            return end
        case .empty(let end):
            transcript.append(.empty)
            return end
        case .needMore(let atLeast):
            require(atLeast > bytes.byteCount - start, "more is needed than there is")
            return nil
        case .largeArgument(let index, let length, let offset):
            require(index == arguments.count, "a large argument is the next one")
            require(offset + length + 2 > bytes.byteCount, "a large argument is not all there")
            if streams { beginStreaming(index, length, offset) }
            return nil
        }
    }

    /// Takes what is there of a large argument out of the buffer.
    private mutating func beginStreaming(_ index: Int, _ length: Int, _ offset: Int) {
        let present = Array(buffer[offset...])
        streamed[index] = present
        streaming = (index, length + 2 - present.count)
        buffer.removeSubrange(offset...)
    }
}
