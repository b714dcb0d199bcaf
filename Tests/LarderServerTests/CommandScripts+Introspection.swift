extension CommandScripts {
    private static let noCluster = "-ERR This instance has cluster support disabled"
    private static let noSnapshots =
        "-ERR Larder writes no snapshots: what it keeps can be loaded again"

    static let introspection = [
        Script(
            "features that are off",
            [
                .init("READONLY", noCluster), .init("READWRITE", noCluster),
                .init("ASKING", noCluster), .init("CLUSTER INFO", noCluster),
                .init("CLUSTER NO", "-ERR unknown subcommand 'NO'. Try CLUSTER HELP."),
                .init("ROLE", "*3|$6|master|:0|*0"), .init("REPLICAOF no one", "+OK"),
                .init("SLAVEOF NO ONE", "+OK"),
                .init("REPLICAOF host x", "-ERR Invalid master port"),
                .init("REPLICAOF h 1", "-ERR Larder replicates nobody; only NO ONE is taken"),
                .init("WAIT 1 100", ":0"), .init("WAIT 1 -1", "-ERR timeout is negative"),
                .init("WAIT 1 x", "-ERR timeout is not an integer or out of range"),
                .init("MODULE LIST", "*0"), .init("SCRIPT FLUSH SYNC", "+OK"),
                .init("SCRIPT FLUSH NO", "-ERR SCRIPT FLUSH only support SYNC|ASYNC option"),
                .init("SCRIPT LOAD x", "-ERR unknown subcommand 'LOAD'. Try SCRIPT HELP."),
                .init("FUNCTION FLUSH", "+OK"), .init("SAVE", noSnapshots),
                .init("BGSAVE SCHEDULE", noSnapshots), .init("BGSAVE NOW", "-ERR syntax error"),
                .init(
                    "BGREWRITEAOF",
                    "-ERR Larder writes no append-only file: what it keeps can be loaded again"),
                .init(
                    "DEBUG SLEEP 0",
                    "-ERR DEBUG command not allowed. If the enable-debug-command option is set to"
                        + " \"local\", you can run it from a local connection, otherwise you need"
                        + " to set this option in the configuration file, and then restart the"
                        + " server."),
                .init("SHUTDOWN ABORT", "-ERR No shutdown in progress."),
                .init("SHUTDOWN NOSAVE SAVE", "-ERR syntax error"),
                .init("SHUTDOWN ABORT NOW", "-ERR syntax error"),
                .init("SHUTDOWN later", "-ERR syntax error"),
                .init("LASTSAVE x", "-ERR wrong number of arguments for 'lastsave' command"),
                .init("LOLWUT VERSION x", "-ERR value is not an integer or out of range"),
            ]),
        Script(
            "what was slow",
            [
                .init("SLOWLOG RESET", "+OK"), .init("SLOWLOG LEN", ":0"),
                .init("SLOWLOG GET -1", "*0"),
                .init(
                    "SLOWLOG GET -2", "-ERR count should be greater than or equal to -1"),
                .init("LATENCY LATEST", "*0"), .init("LATENCY HISTORY command", "*0"),
                .init("LATENCY RESET", ":0"),
                .init("LATENCY GRAPH x", "-ERR No samples available for event 'x'"),
                .init("LATENCY HISTOGRAM none", "*0", v3: "%0"),
                .init("MEMORY USAGE none", "$-1", v3: "_"), .init("MEMORY PURGE", "+OK"),
                .init("MEMORY MALLOC-STATS", "$45|Stats not supported for the current allocator"),
                .init("MEMORY NO", "-ERR unknown subcommand 'NO'. Try MEMORY HELP."),
            ]),
    ]
}
