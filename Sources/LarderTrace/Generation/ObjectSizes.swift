import Glibc

/// How large generated objects are. An object's size follows from its key, so it never changes.
public enum ObjectSizes: Hashable, Sendable {
    /// All have so many bytes.
    case fixed(UInt32)
    /// Log-normal around a median, as sizes in caches are; `sigma` is the standard deviation of the
    /// logarithm, about 1 to 2 in published workloads.
    case logNormal(median: UInt32, sigma: Double)

    /// The bytes of the object called `key`, at least 1.
    ///
    /// - Complexity: O(1).
    func size(of key: UInt64, seed: UInt64) -> UInt32 {
        switch self {
        case .fixed(let size): return size
        case .logNormal(let median, let sigma):
            var random = TraceRandom(seed: TraceRandom.mix(key) ^ seed)
            // Box and Muller's method; 1 - unit is never 0.
            let radius = (-2 * log(1 - random.unit())).squareRoot()
            let normal = radius * cos(2 * Double.pi * random.unit())
            let size = Double(max(median, 1)) * exp(sigma * normal)
            return UInt32(min(max(size.rounded(), 1), Double(UInt32.max)))
        }
    }
}
