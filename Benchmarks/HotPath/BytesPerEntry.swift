import Glibc
import LarderCore
import LarderMemory

/// Resident memory per entry of 16-byte keys and 64-byte values.
enum BytesPerEntry {
    static func run(_ count: Int) {
        var configuration = MemoryConfiguration()
        configuration.limit = MemoryConfiguration.Limit(bytes: 2 << 30)
        let now = Moment(milliseconds: 0)
        let store = ByteStore(configuration, at: now)
        let value = [UInt64](repeating: 5, count: 8)
        let empty = residentBytes()
        for number in 0..<count {
            let key = [UInt64(number), 1]
            let bytes = unsafe key.span.bytes
            store.withKey(bytes, store.hash(bytes), database: 0, at: now) {
                unsafe $0.put(value.span.bytes)
            }
        }
        // As the loops of a server do between requests.
        for shard in 0..<store.shardCount {
            while store.housekeep(shard: shard, at: now) {}
        }
        let resident = residentBytes() - empty
        print(
            "\(store.heldCount) entries: \(HotPath.rounded(Double(resident) / Double(count)))",
            "resident,", HotPath.rounded(Double(store.budget.used) / Double(count)),
            "accounted bytes each, of which tables",
            HotPath.rounded(Double(store.overheadBytes) / Double(count)))
    }

    /// The second number of statm is the resident pages.
    static func residentBytes() -> Int {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var text = [CChar](repeating: 0, count: 128)
        let count = unsafe fread(&text, 1, 127, file)
        let words = text.prefix(count).map { UInt8(bitPattern: $0) }.split(separator: 32)
        guard words.count > 1 else { return 0 }
        return (Int(String(decoding: words[1], as: UTF8.self)) ?? 0) * PageMemory.pageSize
    }
}
