import LarderCore

/// What the machine does to a piece of work that is always the same: 400 changes at random places
/// of a block of memory, larger than any cache.
///
/// On a virtual machine the longest of many takes a thousand times the usual one, since the host
/// has to find the memory behind a page, or has other plans: the longest step of anything that uses
/// much memory can be as long (docs/decisions/0016).
enum Stalls {
    private static let byteCount = 1536 << 20

    static func run(_ count: Int) {
        var random = SeededRandom(seed: 11)
        let start = unsafe PageMemory.reserveAligned(byteCount: byteCount)
        unsafe PageMemory.commit(start, byteCount: byteCount)
        unsafe PageMemory.setHuge(true, start, byteCount: byteCount)
        for offset in stride(from: 0, to: byteCount, by: PageMemory.pageSize) {
            unsafe start.storeBytes(of: 1, toByteOffset: offset, as: UInt64.self)
        }
        var times: [UInt64] = []
        times.reserveCapacity(count)
        for _ in 0..<count {
            let begin = HotPath.cpuNanoseconds()
            for _ in 0..<400 {
                let offset = Int(truncatingIfNeeded: random.next() >> 8) % byteCount & ~7
                let old = unsafe start.load(fromByteOffset: offset, as: UInt64.self)
                unsafe start.storeBytes(of: old &+ 1, toByteOffset: offset, as: UInt64.self)
            }
            times.append(HotPath.cpuNanoseconds() - begin)
        }
        times.sort()
        let usual = HotPath.rounded(Double(times[count / 2]) / 1000)
        let long = times.count { $0 > 1_000_000 }
        print(
            "fixed work on 1.5 GB: usually \(usual) µs, at the longest",
            "\(times[count - 1] / 1000) µs, above 1 ms \(long) of \(count) times")
    }
}
