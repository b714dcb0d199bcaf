import LarderWire

/// The one argument list of a loop, at an address of its own, so that a command may change
/// everything else of the loop while it looks at its arguments.
///
/// Safety: used on the loop's thread only; the list changes in `parse` alone, and no call made from
/// it is alive then, since calls cannot outlive the bytes they were made with.
@safe struct ArgumentBox: ~Copyable {
    private let list: UnsafeMutablePointer<ArgumentList>

    init() {
        unsafe list = .allocate(capacity: 1)
        unsafe list.initialize(to: ArgumentList())
    }

    deinit {
        unsafe list.deinitialize(count: 1)
        unsafe list.deallocate()
    }

    /// Forgets what was parsed, so that another connection's request can be.
    func removeAll() {
        unsafe list.pointee.removeAll()
    }

    func parse(
        _ parser: inout RequestParser, _ bytes: RawSpan, from start: Int, limits: RequestLimits
    ) throws(ProtocolFailure) -> RequestStep {
        try unsafe parser.parse(bytes, from: start, limits: limits, into: &list.pointee)
    }

    /// The request that was parsed starts at `start` of the bytes for the next call.
    func move(to start: Int) {
        unsafe list.pointee.move(to: start)
    }

    /// The large argument that was reported last has been taken out of the stream.
    func skipLargeArgument(_ parser: inout RequestParser) {
        unsafe parser.skipLargeArgument(&list.pointee)
    }

    /// Takes the arguments of a request that was queued; see `ArgumentList.refill`.
    func refill(_ bytes: RawSpan, lengthsAt start: Int, count: Int) -> Int {
        unsafe list.pointee.refill(bytes, lengthsAt: start, count: count)
    }

    func parse(
        _ parser: inout MemcachedParser, _ bytes: RawSpan, from start: Int,
        limits: MemcachedLimits
    ) -> MemcachedStep {
        unsafe parser.parse(bytes, from: start, limits: limits, into: &list.pointee)
    }

    /// The request that was parsed last, whose arguments are in `bytes`.
    @_lifetime(copy bytes)
    func call(in bytes: RawSpan) -> Call {
        unsafe Call(bytes, list)
    }

    /// The inline request that was parsed last, out of `bytes`. Its words are in the list, where
    /// they stay until the next request is parsed.
    @_lifetime(copy bytes)
    func inlineCall(in bytes: RawSpan) -> Call {
        let words = unsafe list.pointee.withInlineBytes { words in
            unsafe words.withUnsafeBytes { unsafe $0 }
        }
        let span = unsafe _overrideLifetime(RawSpan(_unsafeBytes: words), copying: bytes)
        return unsafe Call(span, list)
    }
}
