import LarderTrace

/// One connection's conversation, without its socket: batches of operations go out, replies come
/// in, and what missed is stored with the next batch.
///
/// A batch is never longer than the pipeline and the next one starts when all of it is answered. So
/// with a pipeline of 1 each miss is stored before the next request is made; with a longer one, a
/// key that is asked for twice in a batch may miss twice.
struct ReplayExchange {
    private enum Operation {
        /// The key is a place in `keys`.
        case get(key: Range<Int>, valueBytes: Int)
        case set
    }

    private struct Fill {
        /// A place in `fillKeys`.
        let key: Range<Int>
        let valueBytes: Int
    }

    private static let inputBytes = 64 * 1024
    /// More than any value takes, with its framing.
    private static let inputBytesMax = 2 * ReplayOptions.valueBytesMax

    private let options: ReplayOptions
    private var scanner: ReplayReplyScanner
    private var operations: [Operation] = []
    private var answeredCount = 0
    private var keys: [UInt8] = []
    private var fills: [Fill] = []
    private var fillKeys: [UInt8] = []
    private var sentAt: UInt64 = 0

    /// Bytes to send.
    private(set) var output: [UInt8] = []
    /// Where received bytes go, from `inputEnd` on.
    var input = [UInt8](repeating: 0, count: inputBytes)
    private var inputRange = 0..<0

    init(_ options: ReplayOptions) {
        self.options = options
        scanner = ReplayReplyScanner(options.dialect)
    }

    /// Operations without an answer.
    var inFlightCount: Int { operations.count - answeredCount }
    /// Where the next received byte belongs.
    var inputEnd: Int { inputRange.upperBound }

    /// Makes `output` the next batch. Call it when nothing is in flight.
    ///
    /// - Returns: Whether there is anything to send.
    mutating func prepare(
        from feed: inout ReplayFeed, values: inout ReplayValues, now: UInt64
    ) -> Bool {
        output.removeAll(keepingCapacity: true)
        operations.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        answeredCount = 0
        for fill in fills {
            options.dialect.appendSet(
                fillKeys[fill.key], value: values.bytes(fill.valueBytes),
                ttlSeconds: options.ttlSeconds, to: &output)
            operations.append(.set)
        }
        fills.removeAll(keepingCapacity: true)
        fillKeys.removeAll(keepingCapacity: true)
        while operations.count < options.pipeline {
            let start = keys.count
            guard let valueBytes = feed.next(appendingKeyTo: &keys) else { break }
            let key = start..<keys.count
            options.dialect.appendGet(keys[key], to: &output)
            operations.append(.get(key: key, valueBytes: valueBytes))
        }
        sentAt = now
        return !operations.isEmpty
    }

    /// Understands `count` more bytes of `input` and counts what they answer.
    mutating func absorb(
        _ count: Int, now: UInt64, into tally: inout ReplayTally
    ) throws(ReplayReplyFailure) {
        inputRange = inputRange.lowerBound..<(inputRange.upperBound + count)
        var (gets, sets) = (0, 0)
        while let reply = try scanner.next(in: input, &inputRange) {
            guard answeredCount < operations.count else {
                throw ReplayReplyFailure(line: "an answer that nobody asked for")
            }
            switch operations[answeredCount] {
            case .get(let key, let valueBytes):
                gets += 1
                noteGet(reply, key: key, valueBytes: valueBytes, in: &tally)
            case .set:
                sets += 1
                noteSet(reply, in: &tally)
            }
            answeredCount += 1
        }
        tally.getLatency.record(nanoseconds: now - sentAt, times: gets)
        tally.setLatency.record(nanoseconds: now - sentAt, times: sets)
        try keepReplyStart()
    }

    /// Forgets what is in flight, after its connection was lost, and returns how much it was.
    mutating func abandon() -> Int {
        defer { answeredCount = operations.count }
        scanner = ReplayReplyScanner(options.dialect)
        inputRange = 0..<0
        return inFlightCount
    }

    private mutating func noteGet(
        _ reply: ReplayReply, key: Range<Int>, valueBytes: Int, in tally: inout ReplayTally
    ) {
        switch reply {
        case .hit(let bytes):
            tally.hits += 1
            tally.hitBytes += bytes
        case .miss:
            tally.misses += 1
            let start = fillKeys.count
            fillKeys.append(contentsOf: keys[key])
            fills.append(Fill(key: start..<fillKeys.count, valueBytes: valueBytes))
        case .refused(let message): tally.noteError(message)
        case .stored: tally.noteError("a GET was answered as if it were a SET")
        }
    }

    private func noteSet(_ reply: ReplayReply, in tally: inout ReplayTally) {
        switch reply {
        case .stored: tally.stored += 1
        case .refused(let message): tally.noteError(message)
        case .hit, .miss: tally.noteError("a SET was answered as if it were a GET")
        }
    }

    /// Moves the start of an unfinished reply to the front, to make room for its rest, and makes
    /// more room for a large one.
    private mutating func keepReplyStart() throws(ReplayReplyFailure) {
        let count = inputRange.count
        if inputRange.lowerBound > 0 {
            for offset in 0..<count { input[offset] = input[inputRange.lowerBound + offset] }
            inputRange = 0..<count
        }
        guard count == input.count else { return }
        guard count < Self.inputBytesMax else {
            throw ReplayReplyFailure(line: "an answer of more than \(count) bytes")
        }
        input.append(contentsOf: repeatElement(0, count: count))
    }
}

/// The bytes that a replay stores: the same letters for every key, as many as are asked for.
struct ReplayValues {
    private var letters: [UInt8] = []

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
        if letters.count < count {
            let target = max(count, letters.count * 2, 4096)
            letters = (0..<target).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        }
        return letters[..<count]
    }
}
