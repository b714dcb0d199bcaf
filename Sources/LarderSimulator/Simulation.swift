import LarderCore
public import LarderPolicy
public import LarderTrace

/// Policies in caches of several sizes, over one trace that is read once for all of them, or once
/// for each thread. In constant memory but for what the policies hold.
public struct Simulation: Sendable {
    /// Opens the trace anew, from its beginning.
    public typealias Opening = @Sendable () throws(TraceError) -> TraceReader

    private let path: String
    private let open: Opening
    private let policies: [PolicyName]
    private let sizes: [SimulatedSize]
    private let countsObjects: Bool

    /// Each of `policies` in a cache of each of `sizes`.
    ///
    /// - Parameters:
    ///   - path: The trace, for messages.
    ///   - policies: In the order of the results.
    ///   - sizes: The same for each policy.
    ///   - countsObjects: Every object weighs 1, whatever its size.
    ///   - open: Opens the trace.
    public init(
        path: String, policies: [PolicyName], sizes: [SimulatedSize], countsObjects: Bool,
        open: @escaping Opening
    ) {
        (self.path, self.open) = (path, open)
        (self.policies, self.sizes) = (policies, sizes)
        self.countsObjects = countsObjects
    }

    /// Carries it out.
    ///
    /// - Parameters:
    ///   - threads: At most; no more than there are runs.
    ///   - progress: Told of each batch of requests: how many there were, and which share of the
    ///     work is done if that is known. On any thread, of one at a time.
    /// - Returns: A result for each policy and size, policies first.
    /// - Complexity: O(requests · runs).
    /// - Throws: `SimulationError` for the first thing that is wrong.
    public func results(
        threads: Int, progress: @escaping @Sendable (_ requests: Int, _ share: Double?) -> Void
    ) throws(SimulationError) -> [SimulationResult] {
        let footprint = try measuredFootprint()
        let tasks = policies.flatMap { policy in
            sizes.map { (policy, $0.capacity(footprint, countsObjects: countsObjects)) }
        }.enumerated().map { Assignment(place: $0, policy: $1.0, capacity: $1.1) }
        let crews = Self.dealt(tasks, among: max(1, min(threads, tasks.count)))
        let board = Guarded(SimulationBoard(crews: crews.count, progress: progress))
        let done = Semaphore()
        for (number, crew) in crews.enumerated() {
            let work: @Sendable () -> Void = {
                let outcome = carryOut(crew) { requests, share in
                    board.withLock { $0.note(requests, share, of: number) }
                }
                board.withLock { $0.outcomes.append(outcome) }
                done.post()
            }
            // The last crew is the calling thread's.
            guard number < crews.count - 1, WorkerThread.start(named: "larder-simulate", work)
            else {
                work()
                continue
            }
        }
        for _ in crews { done.wait() }
        var results: [Int: SimulationResult] = [:]
        for outcome in board.withLock({ $0.outcomes }) {
            results.merge(try outcome.get()) { first, _ in first }
        }
        return tasks.compactMap { results[$0.place] }
    }

    /// Reads the trace and carries out the runs of one thread.
    private func carryOut(
        _ crew: [Assignment], _ note: (_ requests: Int, Double?) -> Void
    ) -> Result<[Int: SimulationResult], SimulationError> {
        let runs = crew.map { SimulatedRun($0.policy, $0.capacity) }
        let prophet = crew.first { $0.policy.needsFuture }?.policy
        var totals = (requests: 0, bytes: 0)
        do throws(TraceError) {
            var reader = try open()
            var batch = TraceBatch()
            var accesses: [Access] = []
            while try reader.read(into: &batch) {
                if let prophet, batch.requests[0].nextAccess == TraceRequest.unknownNextAccess {
                    return .failure(.knowsNoFuture(policy: prophet.rawValue, path: path))
                }
                Self.translate(batch.requests, to: &accesses)
                for access in accesses { totals.bytes += Int(access.weight) }
                for run in runs { run.run(accesses) }
                totals.requests += accesses.count
                note(accesses.count, reader.progress)
            }
        } catch {
            return .failure(.trace(error))
        }
        guard totals.requests > 0 else { return .failure(.empty(path: path)) }
        var results: [Int: SimulationResult] = [:]
        for (assignment, run) in zip(crew, runs) {
            results[assignment.place] = run.result(path: path, requestedBytes: totals.bytes)
        }
        return .success(results)
    }

    /// Keys of traces are numbered in order of appearance, or alike: they are hashed before use.
    private static func translate(_ requests: [TraceRequest], to accesses: inout [Access]) {
        accesses.removeAll(keepingCapacity: true)
        accesses.append(addingCapacity: requests.count) { output in
            for request in requests {
                var random = SeededRandom(seed: request.key)
                var access = Access(hash: random.next(), weight: request.size)
                access.nextUse = UInt64(exactly: request.nextAccess) ?? .max
                output.append(access)
            }
        }
    }

    /// What is needed of the trace to know sizes that are shares; nil if none are.
    private func measuredFootprint() throws(SimulationError) -> Footprint? {
        let isShared = sizes.contains { if case .share = $0 { true } else { false } }
        guard isShared else { return nil }
        var statistics = TraceStatistics()
        do throws(TraceError) {
            var reader = try open()
            var batch = TraceBatch()
            while try reader.read(into: &batch) { statistics.add(batch) }
        } catch {
            throw .trace(error)
        }
        let summary = statistics.summary()
        return Footprint(objects: summary.objectCount, bytes: Int(summary.footprintBytes))
    }

    /// What each thread is to do: by turns, so that each has some of all policies.
    private static func dealt(_ tasks: [Assignment], among count: Int) -> [[Assignment]] {
        (0..<count).map { crew in
            stride(from: crew, to: tasks.count, by: count).map { tasks[$0] }
        }
    }
}

/// One policy in a cache of one size.
private struct Assignment: Sendable {
    let place: Int
    let policy: PolicyName
    let capacity: PolicyCapacity
}
