import Glibc

/// The bytes of a value that is being changed, in one piece or in several.
///
/// Safety: made for one call, of memory that nobody else looks at meanwhile; offsets are checked.
@safe public struct ValueBytes: ~Copyable {
    @unsafe private enum Place {
        case contiguous(UnsafeMutableRawPointer)
        case pieces(LargeValue)
    }

    private let place: Place
    /// Bytes of the value, at its new length: what was added is zero.
    public let count: Int

    /// Bytes that lie in one piece from `start` on.
    @unsafe init(_ start: UnsafeMutableRawPointer, count: Int) {
        unsafe place = .contiguous(start)
        self.count = count
    }

    /// The bytes of a value that nobody reads yet.
    init(_ large: LargeValue) {
        unsafe place = .pieces(large)
        count = large.byteCount
    }

    /// The byte at `offset`.
    public subscript(offset: Int) -> UInt8 {
        get {
            precondition(offset >= 0 && offset < count, "An offset is within its value.")
            switch unsafe place {
            case .contiguous(let start):
                return unsafe start.load(fromByteOffset: offset, as: UInt8.self)
            case .pieces(let large): return large[offset]
            }
        }
        nonmutating set {
            precondition(offset >= 0 && offset < count, "An offset is within its value.")
            switch unsafe place {
            case .contiguous(let start):
                unsafe start.storeBytes(of: newValue, toByteOffset: offset, as: UInt8.self)
            case .pieces(let large): large[offset] = newValue
            }
        }
    }

    /// Copies `bytes` to `offset`.
    public func write(_ bytes: RawSpan, at offset: Int) {
        precondition(offset >= 0 && offset <= count - bytes.byteCount, "Bytes fit a value.")
        switch unsafe place {
        case .contiguous(let start): unsafe Block(start).write(bytes, at: offset)
        case .pieces(let large): large.write(bytes, at: offset)
        }
    }
}

/// A value as it was at one moment, to be read without a lock.
public enum ValueSnapshot {
    /// There is no entry.
    case none
    case small([UInt8])
    case large(LargeValue)

    /// Bytes of the value.
    public var byteCount: Int {
        switch self {
        case .none: 0
        case .small(let bytes): bytes.count
        case .large(let value): value.byteCount
        }
    }

    /// Calls `body` with the longest contiguous piece that starts at `offset`, which is below
    /// `byteCount`.
    public func withSegment<R>(at offset: Int, _ body: (RawSpan) -> R) -> R {
        switch self {
        case .none: preconditionFailure("What is not there has no bytes.")
        case .small(let bytes):
            return unsafe body(bytes.span.bytes.extracting(offset..<bytes.count))
        case .large(let value): return value.withSegment(at: offset, body)
        }
    }
}

extension KeyAccess {
    /// The value as it is now. Small ones are copied.
    public func snapshot() -> ValueSnapshot {
        if let largeValue { return .large(largeValue) }
        guard exists else { return .none }
        var bytes: [UInt8] = []
        copyValue(into: &bytes)
        return .small(bytes)
    }

    /// Whether the value is still the one of `snapshot`: a large one by identity, which it keeps
    /// while anybody holds it, a small one by its bytes.
    public func holds(_ snapshot: ValueSnapshot) -> Bool {
        switch snapshot {
        case .none: return !exists
        case .large(let value): return largeValue === value
        case .small(let bytes):
            guard exists, largeValue == nil, valueLength == bytes.count else { return false }
            return unsafe value.withUnsafeBytes { now in
                guard let start = now.baseAddress else { return true }
                return unsafe memcmp(start, bytes, now.count) == 0
            }
        }
    }
}
