import Glibc
import LarderAssembly
import LarderTrace
import Synchronization

extension Subcommand {
    /// `larder replay TRACE --to HOST:PORT`
    static let replay = Subcommand(
        name: "replay",
        summary: "play a trace against a cache server and measure it",
        help: ReplayCommand.help,
        run: ReplayCommand.run)
}

/// Set by Ctrl-C; a signal handler reaches nothing but globals.
private let isInterrupted = Atomic<Bool>(false)

enum ReplayCommand {
    static var help: String {
        """
        usage: larder replay TRACE --to HOST:PORT [OPTIONS]

        Asks the server for each key of the trace, in order, and stores the keys that it misses, as
        a program with a look-aside cache does. Ctrl-C ends it and prints what was measured so far.

        \(CommandOption.help(ReplayOptions.commandOptions))

        With one connection and no pipeline the order is exact. With a pipeline, the keys that
        missed are stored with the connection's next batch, so a key that comes twice in a batch may
        miss twice; with more connections, requests overtake each other by at most
        connections x pipeline places (and 256 per further thread).
        Latencies are of operations, from the sending of their batch to the receipt of their reply.
        """
    }

    @Sendable static func run(_ words: [String]) throws(CommandFailure) -> Int32 {
        let arguments = try Arguments(words, options: ReplayOptions.commandOptions)
        guard let path = arguments.positionals.first, arguments.positionals.count == 1 else {
            throw .usage("larder replay takes one trace; see 'larder help replay'")
        }
        guard let target = arguments.text("--to") else {
            throw .usage("larder replay needs --to HOST:PORT, for example --to 127.0.0.1:5273")
        }
        let address = try ReplayAddress(parsing: target)
        let asJSON = try arguments.choice("--format", of: ["text", "json"]) == "json"
        let options = try ReplayOptions(
            arguments, coreCount: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let source = ReplaySource(
            try TraceCommand.reader(path, arguments), requestsMax: options.requestsMax)
        let outcome = measured(ReplayRun(source, to: address, options))
        if outcome.tally.requests + outcome.tally.errors > 0 || outcome.failure == nil {
            let report = ReplayReport.report(outcome, trace: path, to: address, options)
            print(report.rendered(asJSON: asJSON))
        }
        if let failure = outcome.failure { throw failure }
        return isInterrupted.load(ordering: .relaxed) ? 128 + SIGINT : 0
    }

    /// Runs with a progress display, until the end or Ctrl-C. A second Ctrl-C kills.
    private static func measured(_ run: ReplayRun) -> ReplayOutcome {
        isInterrupted.store(false, ordering: .relaxed)
        _ = signal(SIGINT) { _ in
            isInterrupted.store(true, ordering: .relaxed)
            _ = signal(SIGINT, SIG_DFL)
        }
        defer { _ = signal(SIGINT, SIG_DFL) }
        var progress = ProgressText(isTerminal: StandardError.isTerminal)
        let outcome = run.run { seconds in
            if isInterrupted.load(ordering: .relaxed) { run.stop() }
            let (requests, hits) = run.counts
            let text = progress.text(
                seconds: seconds, requests: requests, hits: hits, progress: run.source.progress)
            if let text { StandardError.write(text) }
        }
        StandardError.write(progress.ending)
        return outcome
    }
}
