import LarderCore
import LarderTrace

/// A trace that several threads take turns to read.
final class ReplaySource: Sendable {
    private struct State: ~Copyable {
        var reader: TraceReader
        var requestsLeft: Int
    }

    private let requestsMax: Int
    private let state: Guarded<State>

    init(_ reader: consuming sending TraceReader, requestsMax: Int) {
        self.requestsMax = requestsMax
        state = Guarded(State(reader: reader, requestsLeft: requestsMax))
    }

    /// Fills `batch` with the requests that come next; `false` at the end.
    func read(into batch: inout TraceBatch) throws(TraceError) -> Bool {
        try state.withLock { state throws(TraceError) in
            guard state.requestsLeft > 0 else { return false }
            let isFilled = try state.reader.read(into: &batch, limit: state.requestsLeft)
            state.requestsLeft -= batch.requests.count
            return isFilled
        }
    }

    /// How much was read, from 0 to 1; `nil` if nobody can tell.
    var progress: Double? {
        state.withLock { state in
            let taken = requestsMax - state.requestsLeft
            let ofLimit = requestsMax == .max ? nil : Double(taken) / Double(requestsMax)
            guard let ofFile = state.reader.progress else { return ofLimit }
            return max(ofFile, ofLimit ?? 0)
        }
    }
}

/// One thread's part of the trace.
struct ReplayFeed: ~Copyable {
    private let source: ReplaySource
    private let options: ReplayOptions
    private var batch: TraceBatch
    private var cursor = 0
    /// Why the trace ended early.
    private(set) var failure: TraceError?

    init(_ source: ReplaySource, _ options: ReplayOptions) {
        self.source = source
        self.options = options
        // Threads take turns with few requests at a time, so that the order of the trace is nearly
        // kept; one thread alone keeps it anyway.
        batch = TraceBatch(capacity: options.threads == 1 ? 4096 : 256)
    }

    /// Takes the next request: appends its key to `keys` and returns the bytes of its value, `nil`
    /// at the end.
    mutating func next(appendingKeyTo keys: inout [UInt8]) -> Int? {
        if cursor == batch.requests.count, !refill() { return nil }
        let index = cursor
        cursor += 1
        let request = batch.requests[index]
        let start = keys.count
        keys.append(contentsOf: options.keyPrefix)
        batch.appendKey(at: index, to: &keys)
        if !options.dialect.allows(keys[start...]) {
            keys.removeSubrange(start...)
            keys.append(contentsOf: String(request.key).utf8)
        }
        switch options.valueSize {
        case .trace: return min(Int(request.size), ReplayOptions.valueBytesMax)
        case .fixed(let size): return size
        }
    }

    private mutating func refill() -> Bool {
        cursor = 0
        guard failure == nil else { return false }
        do throws(TraceError) {
            return try source.read(into: &batch)
        } catch {
            failure = error
            return false
        }
    }
}
