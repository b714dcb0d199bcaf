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
            CommandOption(
                "--policy", "LIST", "\(PolicyName.allCases.map(\.rawValue).joined(separator: ","))"),
            CommandOption(
                "--size", "LIST", "such as 1%,10%,512mb; objects with the option below"),
            CommandOption("--ignore-object-size", nil, "each object weighs 1"),
            CommandOption("--format", "NAME", "table, csv or jsonl (default: table)"),
            CommandOption("--jobs", "N", "threads (default: one for each processor)"),
        ] + TraceCommand.inputOptions

    static var help: String {
        """
        usage: larder simulate TRACE... [OPTIONS]

        Runs the policies of the server over traces, in caches of several sizes at once, and counts
        what they miss. A share such as 1% is of what a cache needs that evicts nothing.
        \(CommandOption.help(options))

        Without --policy all are run, without --size 0.1%, 1% and 10%.
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
            do throws(SimulationError) {
                results += try simulation.results(threads: plan.jobs) { _, _ in }
            } catch {
                throw .failure(error.description)
            }
        }
        print(SimulationText(countsObjects: plan.countsObjects).text(of: results, plan.format))
        return 0
    }
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
        self.policies = policies.isEmpty ? PolicyName.allCases : policies
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
        throw .usage(
            "there is no policy '\(word)'\(hint.isEmpty ? ": use \(names.joined(separator: ", "))" : hint)"
        )
    }
}
