import Glibc

/// Ranks drawn so that rank `k` of `n` has a probability proportional to `1 / k^alpha`, in constant
/// time and memory for any `alpha` from 0 (all alike) on.
///
/// Rejection-inversion [1]: `H` is the integral of the density `h(x) = x^-alpha`. Each rank is the
/// bar of width 1 around it, cut from the area under the curve, which is a little more than that.
///
///     repeat u = uniform in (H(n + 1/2), H(3/2) - 1]
///            k = the whole number next to H^-1(u)
///     until  k - H^-1(u) <= s                   (surely within the bar), or
///            u >= H(k + 1/2) - h(k)             (within it)
///
/// Where `alpha` is near 1, `(x^(1 - alpha) - 1) / (1 - alpha)` loses all digits, so it is computed
/// as `expm1(t) / t` and its inverse as `log1p(t) / t`, with series around 0.
///
/// [1] Hörmann, Derflinger: Rejection-inversion to generate variates from monotone discrete
/// distributions. ACM TOMACS 6 (1996), 10.1145/235025.235029
struct ZipfSampler: Sendable {
    private let alpha: Double
    private let rankCount: Double
    private let highest: Double
    private let lowest: Double
    private let sureWidth: Double

    init(rankCount: Int, alpha: Double) {
        precondition(rankCount > 0 && alpha >= 0, "There is a rank, and alpha is not negative.")
        self.alpha = alpha
        self.rankCount = Double(rankCount)
        highest = Self.area(1.5, alpha) - 1
        lowest = Self.area(Double(rankCount) + 0.5, alpha)
        sureWidth =
            2 - Self.areaInverse(Self.area(2.5, alpha) - Self.density(2, alpha), alpha)
    }

    /// A rank from 1 on.
    func next(using random: inout TraceRandom) -> Int {
        while true {
            let area = lowest + random.unit() * (highest - lowest)
            let exact = Self.areaInverse(area, alpha)
            let rank = min(max(exact.rounded(), 1), rankCount)
            if rank - exact <= sureWidth
                || area >= Self.area(rank + 0.5, alpha) - Self.density(rank, alpha)
            {
                return Int(rank)
            }
        }
    }

    private static func density(_ rank: Double, _ alpha: Double) -> Double {
        exp(-alpha * log(rank))
    }

    private static func area(_ rank: Double, _ alpha: Double) -> Double {
        let logarithm = log(rank)
        return expm1Ratio((1 - alpha) * logarithm) * logarithm
    }

    private static func areaInverse(_ area: Double, _ alpha: Double) -> Double {
        exp(log1pRatio(max(area * (1 - alpha), -1)) * area)
    }

    /// `expm1(x) / x`
    private static func expm1Ratio(_ x: Double) -> Double {
        abs(x) > 1e-8 ? expm1(x) / x : 1 + x / 2 * (1 + x / 3)
    }

    /// `log1p(x) / x`
    private static func log1pRatio(_ x: Double) -> Double {
        abs(x) > 1e-8 ? log1p(x) / x : 1 - x * (0.5 - x / 3)
    }
}
