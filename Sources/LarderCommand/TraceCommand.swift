import LarderAssembly
import LarderTrace

extension Subcommand {
    /// `larder trace info|generate`
    static let trace = Subcommand(
        name: "trace",
        summary: "tell what a trace of requests holds, or generate one",
        help: TraceCommand.help,
        run: TraceCommand.run)
}

enum TraceCommand {
    /// How to read a trace whose name does not tell.
    static let inputOptions = [
        CommandOption("--input", "NAME", "\(formats) (default: by the file's name)"),
        CommandOption(
            "--columns", "LIST", "columns of a CSV file, e.g. time,key,size; - skips one"),
    ]
    static let formats = "oracleGeneral, csv or keys"

    static var help: String {
        """
        usage: larder trace info FILE [OPTIONS]
               larder trace generate KIND --requests N --output FILE [OPTIONS]

        Files: .oracleGeneral and .bin (libCacheSim's 24-byte records), .csv, .tsv, and .txt with
        one key per line; each also with .zst.

        info: counts requests and objects, sizes, and how skewed popularity is.
        \(CommandOption.help(TraceInfo.options))

        generate: KIND is zipf, scan, loop, shifting, or a mixture such as zipf:70+scan:30.
        \(CommandOption.help(TraceGenerate.options))
        """
    }

    @Sendable static func run(_ words: [String]) throws(CommandFailure) -> Int32 {
        let rest = Array(words.dropFirst())
        switch words.first {
        case "info": try TraceInfo.run(rest)
        case "generate": try TraceGenerate.run(rest)
        case nil: throw .usage("larder trace needs info or generate; see 'larder help trace'")
        case let verb?:
            let hint = Suggestion.question(for: verb, among: ["info", "generate"])
            throw .usage("larder trace is followed by info or generate, not '\(verb)'\(hint)")
        }
        return 0
    }

    /// Opens the trace at `path` as the input options say.
    static func reader(
        _ path: String, _ arguments: Arguments
    ) throws(CommandFailure) -> TraceReader {
        let input = try TraceInputOptions(arguments)
        do throws(TraceError) {
            return try input.reader(path)
        } catch {
            throw .failure(error.description)
        }
    }
}

/// What the command line says of the form of a trace.
struct TraceInputOptions: Sendable {
    private let format: TraceFormat?
    private let columns: CSVColumns?

    init(_ arguments: Arguments) throws(CommandFailure) {
        do throws(TraceError) {
            format = try arguments.text("--input").map { text throws(TraceError) in
                try TraceFormat(named: text)
            }
            columns = try arguments.text("--columns").map { text throws(TraceError) in
                try CSVColumns(parsing: text)
            }
        } catch {
            throw .failure(error.description)
        }
    }

    func reader(_ path: String) throws(TraceError) -> TraceReader {
        try TraceReader(path: path, format: format, columns: columns)
    }
}
