/// What a generated trace asks for.
public enum Workload: Hashable, Sendable {
    /// A fixed popularity: the object of rank `k` is asked for in proportion to `1 / k^alpha`.
    case zipf(objects: Int, alpha: Double)
    /// Each object once, in order, without end.
    case scan
    /// All objects in order, over and over.
    case loop(objects: Int)
    /// As `zipf`, but after every `period` requests the ranks move on by `step` objects, so that
    /// what was hot cools down and something cold becomes hot.
    case shifting(objects: Int, alpha: Double, period: Int, step: Int)

    /// The names of the kinds.
    public static let names = ["zipf", "scan", "loop", "shifting"]
}

/// A workload and how large its part of a mixture is.
public struct WorkloadPart: Hashable, Sendable {
    /// What this part asks for.
    public let workload: Workload
    /// Its share of the requests, in proportion to those of the other parts; above 0.
    public let weight: Int

    /// A part of a mixture.
    public init(_ workload: Workload, weight: Int = 1) {
        precondition(weight > 0, "Each part of a mixture has requests.")
        self.workload = workload
        self.weight = weight
    }
}

/// The keys of one workload, counted from 0.
struct KeySource: Sendable {
    private enum Order {
        case ranked(ZipfSampler)
        case sequential
    }

    private let order: Order
    private let objects: Int
    private let period: Int
    private let step: Int
    private var requestCount = 0

    init(_ workload: Workload) {
        switch workload {
        case .zipf(let objects, let alpha):
            self.init(.ranked(ZipfSampler(rankCount: objects, alpha: alpha)), objects)
        case .scan: self.init(.sequential, .max)
        case .loop(let objects): self.init(.sequential, objects)
        case .shifting(let objects, let alpha, let period, let step):
            precondition(period > 0, "Popularity shifts after at least one request.")
            let sampler = ZipfSampler(rankCount: objects, alpha: alpha)
            self.init(.ranked(sampler), objects, period: period, step: step)
        }
    }

    private init(_ order: Order, _ objects: Int, period: Int = .max, step: Int = 0) {
        precondition(objects > 0, "A workload has objects.")
        self.order = order
        self.objects = objects
        self.period = period
        self.step = step
    }

    mutating func next(using random: inout TraceRandom) -> UInt64 {
        defer { requestCount += 1 }
        switch order {
        case .sequential: return UInt64(requestCount % objects)
        case .ranked(let sampler):
            let shift = requestCount / period % objects * (step % objects) % objects
            return UInt64((sampler.next(using: &random) - 1 + shift) % objects)
        }
    }
}
