/// Why the command line was not understood.
struct UsageFailure: Error, Equatable {
    let message: String
}

extension Plan {
    static let usage = """
        larder-load [--to HOST:PORT] [--protocol resp|memcached] [--gets-per-million N]
                    [--keys N] [--first-key N] [--order random|sequential] [--value-size BYTES]
                    [--ttl MILLISECONDS] [--requests N] [--warmup N] [--connections N]
                    [--threads N] [--pipeline N] [--seed N] [--transaction SETS] [--hold]
        """

    init(arguments: [String]) throws(UsageFailure) {
        self.init()
        var rest = arguments[...]
        while let name = rest.popFirst() {
            if name == "--hold" {
                hold = true
                continue
            }
            guard let value = rest.popFirst() else {
                throw UsageFailure(message: "\(name) needs a value")
            }
            try set(name, to: value)
        }
        try validate()
    }

    private mutating func set(_ name: String, to value: String) throws(UsageFailure) {
        switch name {
        case "--to": try setAddress(value)
        case "--protocol": dialect = try Plan.choice(value, for: name)
        case "--order": order = try Plan.choice(value, for: name)
        case "--gets-per-million": getsPerMillion = try Plan.count(value, for: name)
        case "--keys": keys = try Plan.count(value, for: name)
        case "--first-key": firstKey = try Plan.count(value, for: name)
        case "--value-size": valueSize = try Plan.count(value, for: name)
        case "--ttl": timeToLive = try Plan.count(value, for: name)
        case "--requests": requests = try Plan.count(value, for: name)
        case "--warmup": warmup = try Plan.count(value, for: name)
        case "--connections": connections = try Plan.count(value, for: name)
        case "--threads": threads = try Plan.count(value, for: name)
        case "--pipeline": pipeline = try Plan.count(value, for: name)
        case "--transaction": transaction = try Plan.count(value, for: name)
        case "--seed": seed = UInt64(try Plan.count(value, for: name))
        default: throw UsageFailure(message: "unknown option \(name)\n\(Plan.usage)")
        }
    }

    private mutating func setAddress(_ text: String) throws(UsageFailure) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt16(parts[1]) else {
            throw UsageFailure(message: "--to wants HOST:PORT, not \(text)")
        }
        host = String(parts[0])
        port = number
    }

    private func validate() throws(UsageFailure) {
        guard (1...1024).contains(threads), connections >= threads else {
            throw UsageFailure(message: "at least one connection for each thread")
        }
        guard pipeline >= 1, keys >= threads, valueSize >= 1, getsPerMillion <= 1_000_000 else {
            throw UsageFailure(message: "--pipeline, --keys or --value-size is out of range")
        }
        guard transaction == 0 || (dialect == .resp && transaction <= 10) else {
            throw UsageFailure(message: "--transaction is for RESP, with at most 10 SETs")
        }
        guard firstKey + keys <= Key.limit else {
            throw UsageFailure(message: "keys go up to \(Key.limit)")
        }
    }

    private static func choice<C: RawRepresentable<String>>(
        _ text: String, for name: String
    ) throws(UsageFailure) -> C {
        guard let choice = C(rawValue: text) else {
            throw UsageFailure(message: "\(name) does not know \(text)")
        }
        return choice
    }

    private static func count(_ text: String, for name: String) throws(UsageFailure) -> Int {
        guard let number = Int(text), number >= 0 else {
            throw UsageFailure(message: "\(name) wants a number, not \(text)")
        }
        return number
    }
}
