import LarderMemory

/// The sources of a BITOP, as they were when it began: so much of each that a change is noticed.
/// Their bytes stay where they are.
struct BitSources {
    /// Eight bytes for each source, of which there may be as many as a request has arguments.
    private struct Source {
        /// Its generation; of a large one the place in `larges`.
        var number: UInt32
        /// Its length, or one of the two below.
        var length: UInt32

        static var none: UInt32 { .max }
        static var large: UInt32 { .max - 1 }
    }

    private var sources: [Source] = []
    /// Those in pieces, which stay as they are while somebody holds them.
    private(set) var larges: [LargeValue] = []
    private var epoch: UInt64 = 0
    /// Bytes of all.
    private(set) var byteCount = 0
    /// Length of the longest.
    private(set) var lengthMax = 0
    /// Length of the shortest; none is as short as can be.
    private(set) var lengthMin = Int.max

    init(count: Int) {
        sources.reserveCapacity(count)
    }

    /// Adds the next one. Nobody flushes a database while they are added.
    mutating func append(_ access: borrowing KeyAccess) {
        let length = access.valueLength
        byteCount += length
        lengthMax = max(lengthMax, length)
        lengthMin = min(lengthMin, length)
        if let large = access.largeValue {
            sources.append(Source(number: UInt32(larges.count), length: Source.large))
            larges.append(large)
        } else {
            let token = access.fillToken
            epoch = token.epoch
            sources.append(
                Source(
                    number: token.generation, length: access.exists ? UInt32(length) : Source.none))
        }
    }

    /// The source at `index`, when it is in pieces.
    func large(_ index: Int) -> LargeValue? {
        let source = sources[index]
        return source.length == Source.large ? larges[Int(source.number)] : nil
    }

    /// Whether the value of the source at `index` is the same as then. Keys share the counters of
    /// changes, so rarely one seems changed that is not.
    func isCurrent(_ index: Int, _ access: borrowing KeyAccess) -> Bool {
        if let large = large(index) { return access.largeValue === large }
        let source = sources[index]
        let token = access.fillToken
        guard token.generation == source.number, token.epoch == epoch else { return false }
        guard source.length != Source.none else { return !access.exists }
        return access.exists && access.largeValue == nil
            && access.valueLength == Int(source.length)
    }
}
