import LarderAssembly
import LarderTrace

/// `larder trace generate KIND --requests N --output FILE`
enum TraceGenerate {
    static let options = [
        CommandOption(
            "--requests", "N",
            "how many, at most \(NumberText.grouped(UInt64(TraceFile.requestsMax)))"),
        CommandOption("--output", "FILE", ".oracleGeneral, .bin or .csv; .zst compresses"),
        CommandOption("--objects", "M", "different objects (default: 100000; scan has no end)"),
        CommandOption("--alpha", "A", "skew of zipf and shifting, from 0 (default: 1.0)"),
        CommandOption("--seed", "S", "equal seeds give equal traces (default: 1)"),
        CommandOption("--shift-every", "N", "requests between shifts (default: a tenth of all)"),
        CommandOption("--shift-by", "M", "objects by which ranks move (default: a tenth of all)"),
        CommandOption("--size", "SIZE", "bytes of objects, or their median (default: 1)"),
        CommandOption(
            "--size-sigma", "S", "log-normal sizes with this deviation (default: 0, all alike)"),
    ]

    static func run(_ words: [String]) throws(CommandFailure) {
        let arguments = try Arguments(words, options: options)
        guard let kind = arguments.positionals.first, arguments.positionals.count == 1 else {
            throw .usage("larder trace generate takes one kind, for example zipf")
        }
        guard let count = try arguments.integer("--requests", in: 1...TraceFile.requestsMax) else {
            throw .usage("larder trace generate needs --requests N")
        }
        guard let path = arguments.text("--output") else {
            throw .usage("larder trace generate needs --output FILE")
        }
        let seed = try arguments.integer("--seed", in: 0 ... .max) ?? 1
        var generator = TraceGenerator(
            try parts(of: kind, arguments, requests: count),
            sizes: try sizes(arguments), seed: UInt64(seed))
        let requests = (0..<count).map { _ in generator.next() }
        do throws(TraceError) {
            try TraceFile.write(requests, to: path)
        } catch {
            throw .failure(error.description)
        }
        StandardError.print("wrote \(NumberText.grouped(UInt64(count))) requests to \(path)")
    }

    /// The parts of `zipf`, or of `zipf:70+scan:30`.
    static func parts(
        of kind: String, _ arguments: Arguments, requests: Int
    ) throws(CommandFailure) -> [WorkloadPart] {
        var parts: [WorkloadPart] = []
        for word in kind.split(separator: "+", omittingEmptySubsequences: false) {
            let pair = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let weight = pair.count == 1 ? 1 : Int(pair[1]), (1...1_000_000).contains(weight)
            else {
                throw .usage("'\(word)' needs a weight from 1 to 1000000, as in zipf:70+scan:30")
            }
            let workload = try workload(String(pair[0]), arguments, requests: requests)
            parts.append(WorkloadPart(workload, weight: weight))
        }
        return parts
    }

    private static func workload(
        _ name: String, _ arguments: Arguments, requests: Int
    ) throws(CommandFailure) -> Workload {
        let objects = try arguments.integer("--objects", in: 1...1_000_000_000) ?? 100_000
        let alpha = try arguments.number("--alpha", in: 0...10) ?? 1
        switch name {
        case "zipf": return .zipf(objects: objects, alpha: alpha)
        case "scan": return .scan
        case "loop": return .loop(objects: objects)
        case "shifting":
            return .shifting(
                objects: objects, alpha: alpha,
                period: try arguments.integer("--shift-every", in: 1 ... .max)
                    ?? max(1, requests / 10),
                step: try arguments.integer("--shift-by", in: 1...1_000_000_000)
                    ?? max(1, objects / 10))
        default:
            let hint = Suggestion.question(for: name, among: Workload.names)
            throw .usage(
                "no workload is called '\(name)'\(hint) "
                    + "(\(Workload.names.joined(separator: ", ")))")
        }
    }

    private static func sizes(_ arguments: Arguments) throws(CommandFailure) -> ObjectSizes {
        let size = UInt32(try arguments.byteCount("--size", in: 1...Int(UInt32.max)) ?? 1)
        let sigma = try arguments.number("--size-sigma", in: 0...10) ?? 0
        return sigma == 0 ? .fixed(size) : .logNormal(median: size, sigma: sigma)
    }
}
