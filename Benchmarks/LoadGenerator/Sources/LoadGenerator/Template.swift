import Glibc

/// Bytes that differ only by the key and by the value, which repeats the key: a request to send or
/// the reply to expect.
struct Template {
    enum Match: Equatable {
        case whole, needsMore, differs
    }

    private enum Part {
        case fixed(Range<Int>)
        case key(at: Int)
        case value(Range<Int>)
    }

    private var bytes: [UInt8] = []
    private var parts: [Part] = []

    var byteCount: Int { bytes.count }

    mutating func append(_ text: String) {
        parts.append(.fixed(bytes.count..<bytes.count + text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func appendKey() {
        parts.append(.key(at: bytes.count))
        bytes.append(contentsOf: [UInt8](repeating: 0, count: Key.byteCount))
    }

    mutating func appendValue(size: Int) {
        parts.append(.value(bytes.count..<bytes.count + size))
        bytes.append(contentsOf: [UInt8](repeating: 0, count: size))
    }

    /// Writes `byteCount` bytes for this key.
    func write(_ key: Key.Text, to target: UnsafeMutableRawPointer) {
        unsafe bytes.withUnsafeBytes { source in
            for part in parts {
                switch part {
                case .fixed(let range):
                    let start = unsafe Template.start(source) + range.lowerBound
                    unsafe memcpy(target + range.lowerBound, start, range.count)
                case .key(let offset):
                    unsafe target.storeBytes(of: key, toByteOffset: offset, as: Key.Text.self)
                case .value(let range):
                    unsafe Template.fill(target + range.lowerBound, range.count, with: key)
                }
            }
        }
    }

    /// Compares what has come of a reply.
    func match(_ key: Key.Text, _ reply: UnsafeRawBufferPointer) -> Match {
        for part in parts {
            guard unsafe agrees(part, key, reply) else { return .differs }
        }
        return reply.count >= bytes.count ? .whole : .needsMore
    }

    private func agrees(
        _ part: Part, _ key: Key.Text, _ reply: UnsafeRawBufferPointer
    ) -> Bool {
        switch part {
        case .fixed(let range):
            let seen = unsafe Template.seen(reply, range)
            guard let start = seen.baseAddress else { return true }
            return unsafe bytes.withUnsafeBytes { source in
                let expected = unsafe Template.start(source) + range.lowerBound
                return unsafe memcmp(expected, start, seen.count) == 0
            }
        case .key(let offset):
            let seen = unsafe Template.seen(reply, offset..<offset + Key.byteCount)
            return unsafe Template.repeats(key, seen)
        case .value(let range):
            // A value is judged when it is all there: once, and not again with each read.
            guard reply.count >= range.upperBound else { return true }
            return unsafe Template.repeats(key, Template.seen(reply, range))
        }
    }

    /// The part of the range that has come.
    private static func seen(
        _ reply: UnsafeRawBufferPointer, _ range: Range<Int>
    ) -> UnsafeRawBufferPointer {
        let end = min(range.upperBound, reply.count)
        return unsafe UnsafeRawBufferPointer(rebasing: reply[min(range.lowerBound, end)..<end])
    }

    private static func start(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
        guard let start = bytes.baseAddress else {
            preconditionFailure("A part of a template has bytes.")
        }
        return unsafe start
    }

    private static func fill(_ target: UnsafeMutableRawPointer, _ count: Int, with key: Key.Text) {
        var offset = 0
        while offset + Key.byteCount <= count {
            unsafe target.storeBytes(of: key, toByteOffset: offset, as: Key.Text.self)
            offset += Key.byteCount
        }
        unsafe withUnsafeBytes(of: key) { bytes in
            _ = unsafe memcpy(target + offset, Template.start(bytes), count - offset)
        }
    }

    private static func repeats(_ key: Key.Text, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress else { return true }
        return unsafe withUnsafeBytes(of: key) { expected in
            let first = min(bytes.count, Key.byteCount)
            guard unsafe memcmp(start, Template.start(expected), first) == 0 else { return false }
            let rest = bytes.count - first
            return unsafe rest == 0 || memcmp(start + Key.byteCount, start, rest) == 0
        }
    }
}
