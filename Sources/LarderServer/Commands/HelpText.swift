import LarderCore
import LarderWire

/// What HELP answers, in redis's words: they are what people and tools know.
enum HelpText {
    static let command: StaticString = """
        (no subcommand)
            Return details about all Redis commands.
        COUNT
            Return the total number of commands in this Redis server.
        LIST
            Return a list of all commands in this Redis server.
        INFO [<command-name> ...]
            Return details about multiple Redis commands.
            If no command names are given, documentation details for all
            commands are returned.
        DOCS [<command-name> ...]
            Return documentation details about multiple Redis commands.
            If no command names are given, documentation details for all
            commands are returned.
        GETKEYS <full-command>
            Return the keys from a full Redis command.
        GETKEYSANDFLAGS <full-command>
            Return the keys and the access flags from a full Redis command.
        """

    static let config: StaticString = """
        GET <pattern>
            Return parameters matching the glob-like <pattern> and their values.
        SET <directive> <value>
            Set the configuration <directive> to <value>.
        RESETSTAT
            Reset statistics reported by the INFO command.
        REWRITE
            Rewrite the configuration file.
        """

    static let pubsub: StaticString = """
        CHANNELS [<pattern>]
            Return the currently active channels matching a <pattern> (default: '*').
        NUMPAT
            Return number of subscriptions to patterns.
        NUMSUB [<channel> ...]
            Return the number of subscribers for the specified channels, excluding
            pattern subscriptions(default: no channels).
        SHARDCHANNELS [<pattern>]
            Return the currently active shard level channels matching a <pattern> (default: '*').
        SHARDNUMSUB [<shardchannel> ...]
            Return the number of subscribers for the specified shard level channel(s)
        """

    static let latency: StaticString = """
        DOCTOR
            Return a human readable latency analysis report.
        GRAPH <event>
            Return an ASCII latency graph for the <event> class.
        HISTORY <event>
            Return time-latency samples for the <event> class.
        LATEST
            Return the latest latency samples for all events.
        RESET [<event> ...]
            Reset latency data of one or more <event> classes.
            (default: reset all data for all event classes)
        HISTOGRAM [COMMAND ...]
            Return a cumulative distribution of latencies in the format of a histogram for the \
        specified command names.
            If no commands are specified then all histograms are replied.
        """

    static let memory: StaticString = """
        DOCTOR
            Return memory problems reports.
        MALLOC-STATS
            Return internal statistics report from the memory allocator.
        PURGE
            Attempt to purge dirty pages for reclamation by the allocator.
        STATS
            Return information about the memory usage of the server.
        USAGE <key> [SAMPLES <count>]
            Return memory in bytes used by <key> and its value. Nested values are
            sampled up to <count> times (default: 5, 0 means sample all).
        """

    static let module: StaticString = """
        LIST
            Return a list of loaded modules.
        LOAD <path> [<arg> ...]
            Load a module library from <path>, passing to it any optional arguments.
        LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]
            Load a module library from <path>, while passing it module configurations and \
        optional arguments.
        UNLOAD <name>
            Unload a module.
        """

    static let slowlog: StaticString = """
        GET [<count>]
            Return top <count> entries from the slowlog (default: 10, -1 mean all).
            Entries are made of:
            id, timestamp, time in microseconds, arguments array, client IP and port,
            client name
        LEN
            Return the length of the slowlog.
        RESET
            Reset the slowlog.
        """

    static let function: StaticString = """
        FLUSH [ASYNC|SYNC]
            Accepted, as there are no libraries.
        """

    static let script: StaticString = """
        FLUSH [ASYNC|SYNC]
            Accepted, as there are no scripts.
        """
}

extension OutputBuffer {
    /// What HELP answers: the subcommands, each with what it does further in.
    mutating func appendHelp(of command: StaticString, _ text: StaticString) {
        let lines = "\(text)".split(separator: "\n")
        appendArrayHeader(lines.count + 3)
        append("+")
        append(command)
        append(" <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n")
        for line in lines {
            append("+")
            appendText(String(line))
            append("\r\n")
        }
        appendSimple("HELP")
        appendSimple("    Prints this help.")
    }
}
