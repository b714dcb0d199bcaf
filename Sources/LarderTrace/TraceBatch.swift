import LarderCore

/// A buffer of requests that a reader fills again and again, so that reading allocates nothing.
public struct TraceBatch: ~Copyable, Sendable {
    /// The most requests that one filling brings.
    public let capacity: Int
    /// The requests, in the order of the trace.
    public internal(set) var requests: [TraceRequest] = []
    /// Textual keys, one after the other.
    private var text: [UInt8] = []
    /// Where in `text` the key of each request ends; empty for formats without textual keys.
    private var textEnds: [Int] = []

    /// An empty batch. 4,096 requests are 96 KiB: larger ones are no faster, and leave the cache.
    public init(capacity: Int = 4096) {
        precondition(capacity > 0, "A batch holds at least one request.")
        self.capacity = capacity
        requests.reserveCapacity(capacity)
    }

    /// Appends the key as a client of a cache would write it: its text in the trace, or its number
    /// in decimal digits.
    ///
    /// - Complexity: O(bytes of the key).
    public func appendKey(at index: Int, to bytes: inout [UInt8]) {
        let range = textRange(at: index)
        if range.isEmpty {
            bytes.appendDecimal(requests[index].key)
        } else {
            bytes.append(contentsOf: text[range])
        }
    }

    /// Empties the batch and keeps its memory.
    mutating func removeAll() {
        requests.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        textEnds.removeAll(keepingCapacity: true)
    }

    /// Appends a request of a format that may have textual keys; `key` is empty for a number.
    mutating func append(_ request: TraceRequest, key: ArraySlice<UInt8>) {
        requests.append(request)
        text.append(contentsOf: key)
        textEnds.append(text.count)
    }

    private func textRange(at index: Int) -> Range<Int> {
        guard !textEnds.isEmpty else { return 0..<0 }
        return (index == 0 ? 0 : textEnds[index - 1])..<textEnds[index]
    }
}
