/// What LATENCY DOCTOR says. The words are redis's where the matter is the same.
struct LatencyReport {
    let text: String

    init(
        _ events: [(name: String, event: LatencyMonitor.Event)], threshold: Int64,
        slowMicroseconds: Int?, now: Int64
    ) {
        guard !events.isEmpty else {
            text = threshold == 0 ? Self.disabled : Self.nothing
            return
        }
        var text = Self.greeting
        for (index, found) in events.enumerated() {
            text += "\(index + 1). " + Self.line(found.name, found.event, now)
        }
        text += "\nI have a few advices for you:\n\n"
        let names = Set(events.map(\.name))
        if names.contains("command") {
            text += Self.slowLogAdvice(threshold, slowMicroseconds) + Self.commands
        }
        if names.contains("fast-command") { text += Self.scheduler }
        self.text = text
    }

    private static func line(
        _ name: String, _ event: LatencyMonitor.Event, _ now: Int64
    ) -> String {
        let values = event.samples.map(\.milliseconds)
        let count = Int64(max(1, values.count))
        let mean = values.reduce(0, +) / count
        let deviation = values.reduce(0) { $0 + abs($1 - mean) } / count
        let span = max(1, now - (event.samples.first?.seconds ?? now))
        let period = DecimalPlaces.text(Double(span) / Double(count), places: 2)
        return "\(name): \(values.count) latency spikes (average \(mean)ms, mean deviation "
            + "\(deviation)ms, period \(period) sec). Worst all time event \(event.longest)ms.\n"
    }

    private static func slowLogAdvice(_ threshold: Int64, _ slow: Int?) -> String {
        let wanted = "'CONFIG SET slowlog-log-slower-than \(threshold * 1000)'"
        guard let slow else {
            return "- Commands are slow, and the slow log is off. Switch it on with \(wanted).\n"
        }
        guard slow / 1000 > threshold else { return "" }
        return "- The slow log keeps only commands slower than these events. Use \(wanted).\n"
    }

    private static let disabled = """
        I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. \
        You may use "CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it. \
        If we weren't in a deep space mission I'd suggest to take a look at \
        https://redis.io/topics/latency-monitor.

        """

    private static let nothing = """
        Dave, no latency spike was observed during the lifetime of this Redis instance, not in the \
        slightest bit. I honestly think you ought to sit down calmly, take a stress pill, and \
        think things over.

        """

    private static let greeting = """
        Dave, I have observed latency spikes in this Redis instance. You don't mind talking about \
        it, do you Dave?


        """

    private static let commands = """
        - SLOWLOG GET shows which commands were slow, and with which arguments.
        - KEYS, SCAN with a large COUNT, LCS, and bits of values of many megabytes take long for \
        what they look at. So does a request for thousands of keys: send several smaller ones.

        """

    private static let scheduler = """
        - Commands that have little to do were slow: the system did not let Larder run. Lower its \
        load, look for a noisy neighbour, and see what 'redis-cli --intrinsic-latency 100' finds.

        """
}

/// Numbers with a fixed number of decimals.
enum DecimalPlaces {
    static func text(_ value: Double, places: Int) -> String {
        let scale = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000][places]
        let scaled = Int((value * Double(scale)).rounded())
        let rest = "\(abs(scaled) % scale)"
        guard places > 0 else { return "\(scaled)" }
        let sign = scaled < 0 && scaled > -scale ? "-" : ""
        return "\(sign)\(scaled / scale)." + String(repeating: "0", count: places - rest.count)
            + rest
    }
}
