import LarderAssembly
import LarderCore

/// Tells the log what an origin fails with: clients hear one word of it.
struct ReportingOrigin: Origin {
    let origin: any Origin
    let logger: Logger

    var name: String { origin.name }

    func load(_ requests: [LoadRequest]) async -> [LoadOutcome] {
        let outcomes = await origin.load(requests)
        report("an origin failed to load", outcomes.lazy.compactMap(\.reportedFailure))
        return outcomes
    }

    func write(_ entries: [Entry]) async -> [WriteOutcome] {
        let outcomes = await origin.write(entries)
        report("an origin failed to write", outcomes.lazy.compactMap(\.reportedFailure))
        return outcomes
    }

    func remove(_ keys: [Key]) async -> [WriteOutcome] {
        let outcomes = await origin.remove(keys)
        report("an origin failed to delete", outcomes.lazy.compactMap(\.reportedFailure))
        return outcomes
    }

    func invalidated(_ scope: Ban.Scope) { origin.invalidated(scope) }

    /// One line for a question, however many keys it was about. What is wrong with a key is no
    /// warning: any client can ask for it.
    private func report(_ message: String, _ failures: some Sequence<SourceFailure>) {
        var told: SourceFailure?
        for failure in failures where told == nil || told?.isKeys == true { told = failure }
        guard let told else { return }
        logger.log(
            told.isKeys ? .info : .warning, message,
            [
                "origin": .text(name), "cause": .text(told.cause.rawValue),
                "detail": .text(told.detail),
            ])
    }
}

extension LoadOutcome {
    fileprivate var reportedFailure: SourceFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

extension WriteOutcome {
    fileprivate var reportedFailure: SourceFailure? {
        switch self {
        case .applied: nil
        case .refused(let failure), .unknown(let failure): failure
        }
    }
}
