import LarderCore
import LarderWire

/// The requests of a pipeline that were parsed ahead of being run.
///
/// Safety: as `ArgumentBox`. The lists change in `parse` alone.
@safe struct ArgumentRing: ~Copyable {
    /// Requests parsed ahead: enough to have as many reads of memory under way as a processor can.
    static var capacity: Int { 16 }

    private let lists: UnsafeMutablePointer<ArgumentList>
    private let ends: UnsafeMutablePointer<Int>
    private let commands: UnsafeMutablePointer<MemcachedCommand>

    init() {
        unsafe lists = .allocate(capacity: Self.capacity)
        for index in 0..<Self.capacity { unsafe (lists + index).initialize(to: ArgumentList()) }
        unsafe ends = .allocate(capacity: Self.capacity)
        unsafe ends.initialize(repeating: 0, count: Self.capacity)
        unsafe commands = .allocate(capacity: Self.capacity)
        unsafe commands.initialize(repeating: MemcachedCommand(.unknown), count: Self.capacity)
    }

    deinit {
        unsafe lists.deinitialize(count: Self.capacity)
        unsafe lists.deallocate()
        unsafe ends.deallocate()
        unsafe commands.deallocate()
    }

    /// Parses whole requests from `start` on, until one is not of the usual kind.
    ///
    /// - Returns: How many. The parser is before the request behind them.
    func parse(_ bytes: RawSpan, from start: Int, limits: RequestLimits) -> Int {
        var position = start
        var parser = RequestParser()
        for index in 0..<Self.capacity {
            guard position < bytes.byteCount else { return index }
            unsafe lists[index].removeAll()
            let step = unsafe try? parser.parse(
                bytes, from: position, limits: limits, into: &lists[index])
            guard case .request(let end)? = step else { return index }
            unsafe ends[index] = end
            position = end
        }
        return Self.capacity
    }

    /// The same for memcached commands, which `command` gives.
    func parseCommands(
        _ bytes: RawSpan, from start: Int, limits: MemcachedLimits
    ) -> Int {
        var position = start
        var parser = MemcachedParser()
        for index in 0..<Self.capacity {
            guard position < bytes.byteCount else { return index }
            let step = unsafe parser.parse(
                bytes, from: position, limits: limits, into: &lists[index])
            guard case .command(let command, let end) = step, !command.verb.holdsConnection else {
                return index
            }
            unsafe commands[index] = command
            unsafe ends[index] = end
            position = end
        }
        return Self.capacity
    }

    /// The memcached command at `index`.
    func command(_ index: Int) -> MemcachedCommand {
        precondition(index >= 0 && index < Self.capacity, "A command was parsed.")
        return unsafe commands[index]
    }

    /// Where the request at `index` ends.
    func end(_ index: Int) -> Int {
        precondition(index >= 0 && index < Self.capacity, "A request was parsed.")
        return unsafe ends[index]
    }

    /// The request at `index`, whose arguments are in `bytes`.
    @_lifetime(copy bytes)
    func call(_ index: Int, in bytes: RawSpan) -> Call {
        precondition(index >= 0 && index < Self.capacity, "A request was parsed.")
        return unsafe Call(bytes, lists + index)
    }
}
