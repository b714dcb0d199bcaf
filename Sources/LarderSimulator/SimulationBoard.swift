/// What the threads of a simulation have to say.
struct SimulationBoard {
    /// What each is done with.
    var outcomes: [Result<[Int: SimulationResult], SimulationError>] = []
    private var shares: [Double?]
    private let progress: @Sendable (Int, Double?) -> Void

    init(crews: Int, progress: @escaping @Sendable (Int, Double?) -> Void) {
        shares = Array(repeating: 0, count: crews)
        self.progress = progress
    }

    /// A thread has had so many requests more, and is so far in the trace.
    mutating func note(_ requests: Int, _ share: Double?, of crew: Int) {
        shares[crew] = share
        let known = shares.compactMap(\.self)
        let all = known.count == shares.count
        progress(requests, all ? known.reduce(0, +) / Double(shares.count) : nil)
    }
}
