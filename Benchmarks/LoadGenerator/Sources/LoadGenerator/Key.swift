/// The 16 bytes `key:000000000042`: what redis-benchmark sends, so that both can share the data.
enum Key {
    typealias Text = SIMD16<UInt8>

    static let byteCount = 16
    static let limit = 1_000_000_000_000

    static func text(_ number: Int) -> Text {
        var text = Text(repeating: UInt8(ascii: "0"))
        text[0] = UInt8(ascii: "k")
        text[1] = UInt8(ascii: "e")
        text[2] = UInt8(ascii: "y")
        text[3] = UInt8(ascii: ":")
        var rest = UInt64(number)
        var index = byteCount - 1
        while rest > 0 {
            let digits = rest.quotientAndRemainder(dividingBy: 10)
            text[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digits.remainder)
            rest = digits.quotient
            index -= 1
        }
        return text
    }
}

/// The keys of the requests to come, and what is done with each.
struct KeyStream {
    private let plan: Plan
    private var state: UInt64
    private var next: Int

    init(_ plan: Plan) {
        self.plan = plan
        state = plan.seed
        next = 0
    }

    mutating func nextRequest() -> Request {
        let isGet = plan.getsPerMillion == 1_000_000 || below(1_000_000) < plan.getsPerMillion
        return Request(key: plan.firstKey + nextOffset(), isGet: isGet)
    }

    private mutating func nextOffset() -> Int {
        guard plan.order == .sequential else { return below(plan.keys) }
        defer { next = next + 1 == plan.keys ? 0 : next + 1 }
        return next
    }

    /// SplitMix64, scaled by the high half of a product.
    private mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits &>> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits &>> 31
        return Int(bits.multipliedFullWidth(by: UInt64(bound)).high)
    }
}

/// One request, as far as its reply has to be judged.
struct Request {
    let key: Int
    let isGet: Bool
}
