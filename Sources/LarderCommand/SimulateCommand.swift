import Glibc
import LarderAssembly
import LarderCore
import LarderPolicy
import LarderSimulator
import LarderTrace

extension Subcommand {
    /// `larder simulate TRACE…`
    static let simulate = Subcommand(
        name: "simulate",
        summary: "tell what policies and sizes would have missed, from a trace",
        help: SimulateCommand.help,
        run: SimulateCommand.run)
}

enum SimulateCommand {
    private static let options =
        [
            CommandOption("--policy", "LIST", policies),
            CommandOption(
                "--size", "LIST", "such as 1%,10%,512mb; objects with the option below"),
            CommandOption("--ignore-object-size", nil, "each object weighs 1"),
            CommandOption("--format", "NAME", "table, csv or jsonl (default: table)"),
            CommandOption("--jobs", "N", "threads (default: one for each processor)"),
        ] + TraceCommand.inputOptions

    private static let policies = PolicyName.allCases.map(\.rawValue).joined(separator: ",")

    static var help: String {
        """
        usage: larder simulate TRACE... [OPTIONS]

        Runs the policies of the server over traces, in caches of several sizes at once, and counts
        what they miss. A share such as 1% is of what a cache needs that evicts nothing.
        \(CommandOption.help(options))

        Without --policy all are run but those that know the future.
        Without --size caches of 0.1%, 1% and 10%.
        """
    }

    @Sendable static func run(_ words: [String]) throws(CommandFailure) -> Int32 {
        let arguments = try Arguments(words, options: options)
        guard !arguments.positionals.isEmpty else {
            throw .usage("larder simulate needs a trace; see 'larder help simulate'")
        }
        let plan = try SimulationPlan(arguments)
        var results: [SimulationResult] = []
        for path in arguments.positionals {
            let simulation = Simulation(
                path: path, policies: plan.policies, sizes: plan.sizes,
                countsObjects: plan.countsObjects
            ) { () throws(TraceError) in try plan.input.reader(path) }
            let display = SimulationDisplay()
            defer { display.end() }
            do throws(SimulationError) {
                results += try simulation.results(threads: plan.jobs) { requests, share in
                    display.note(requests, share)
                }
            } catch {
                throw .failure(error.description)
            }
        }
        print(SimulationText(countsObjects: plan.countsObjects).text(of: results, plan.format))
        return 0
    }
}

/// Draws the progress of a simulation on standard error.
private final class SimulationDisplay: Sendable {
    /// Often enough for the eye.
    private static let pause = Duration.milliseconds(100)

    private struct State {
        var text = ProgressText(isTerminal: StandardError.isTerminal)
        var requests = 0
        var last: Tick
    }

    private let begin: Tick
    private let state: Guarded<State>

    init() {
        begin = MonotonicClock.now()
        state = Guarded(State(last: begin))
    }

    func note(_ requests: Int, _ share: Double?) {
        state.withLock { state in
            state.requests += requests
            let now = MonotonicClock.now()
            guard now >= state.last.advanced(by: Self.pause) else { return }
            state.last = now
            let seconds = Double(now.nanoseconds - begin.nanoseconds) / 1e9
            let text = state.text.text(
                seconds: seconds, requests: state.requests, progress: share)
            if let text { StandardError.write(text) }
        }
    }

    func end() { StandardError.write(state.withLock { $0.text.ending }) }
}

/// What the command line of a simulation asks for.
struct SimulationPlan {
    let policies: [PolicyName]
    let sizes: [SimulatedSize]
    let countsObjects: Bool
    let format: SimulationText.Format
    let jobs: Int
    let input: TraceInputOptions

    init(_ arguments: Arguments) throws(CommandFailure) {
        countsObjects = arguments.has("--ignore-object-size")
        var policies: [PolicyName] = []
        for word in Self.words(arguments.text("--policy") ?? "") {
            policies.append(try Self.policy(word))
        }
        var sizes: [SimulatedSize] = []
        for word in Self.words(arguments.text("--size") ?? "0.1%,1%,10%") {
            do throws(SimulationError) {
                sizes.append(try SimulatedSize(parsing: word, countsObjects: countsObjects))
            } catch {
                throw .usage("\(error)")
            }
        }
        guard !sizes.isEmpty else { throw .usage("--size names no size: 1%,10% for example") }
        self.policies =
            policies.isEmpty ? PolicyName.allCases.filter { !$0.needsFuture } : policies
        self.sizes = sizes
        let names = SimulationText.Format.allCases.map(\.rawValue)
        format = .init(rawValue: try arguments.choice("--format", of: names)) ?? .table
        jobs =
            try arguments.integer("--jobs", in: 1...1024)
            ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        input = try TraceInputOptions(arguments)
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: ",").map(String.init)
    }

    private static func policy(_ word: String) throws(CommandFailure) -> PolicyName {
        if let policy = PolicyName(rawValue: word.lowercased()) { return policy }
        let names = PolicyName.allCases.map(\.rawValue)
        let hint = Suggestion.question(for: word, among: names)
        let advice = hint.isEmpty ? ": use \(names.joined(separator: ", "))" : hint
        throw .usage("there is no policy '\(word)'\(advice)")
    }
}
