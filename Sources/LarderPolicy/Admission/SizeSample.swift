/// Objects with their weights and how often they were asked for: all at first, then those whose
/// hashes are below a bound that halves whenever there are too many.
struct SizeSample {
    struct Object: BitwiseCopyable {
        var weight: Double
        var requestCount: Double
    }

    /// Enough for the model to find the right power of two, and few enough for one pass to take
    /// microseconds.
    static let objectsMax = 1024

    private var counts: [UInt64: Object] = [:]
    /// Halvings of the bound.
    private var halvings: UInt64 = 0

    init() {
        counts.reserveCapacity(Self.objectsMax + 1)
    }

    var objects: [Object] { Array(counts.values) }

    /// The sampled share of all objects.
    var share: Double { 1 / Double(1 << halvings) }

    /// Estimated: the dictionary's own layout is not told.
    var storageBytes: Int {
        counts.capacity * (MemoryLayout<UInt64>.stride + MemoryLayout<Object>.stride)
    }

    mutating func count(_ hash: UInt64, weight: UInt32) {
        // Spread by multiplication, since some bits of hashes are alike within a shard.
        let position = hash &* 0x9E37_79B9_7F4A_7C15
        guard position >> (64 - halvings) == 0 else { return }
        counts[position, default: Object(weight: 0, requestCount: 0)].requestCount += 1
        counts[position]?.weight = Double(weight)
        if counts.count > Self.objectsMax {
            halvings += 1
            counts = counts.filter { $0.key >> (64 - halvings) == 0 }
        }
    }
}
