extension HelpText {
    static let larder: StaticString = """
        BAN KEY|TAG|PREFIX|NAMESPACE <name> [SOFT]
            Let what matches die, or grow stale, and return the number of the ban.
        DROP <key> LEASE <token>
            Give a lease back, and return whether it was held.
        EXPLAIN <key>
            Tell what is known of a key, and what a GET would do.
        GET <key> BYPASS
            Ask the origin of a key, past memory, and keep nothing.
        GET <key> LEASE [<milliseconds>] [WAIT <milliseconds>] [TOKEN <token>]
            Return the value, or for one client a token to compute it with; the others wait.
        SET <key> <value> [LEASE <token>] [EX <seconds>|PX <milliseconds>] [TAGS <tag> ...]
            [PRIORITY LOW|NORMAL|HIGH] [COST <microseconds>]
            Store a value, by a lease or not, with tags, priority and cost.
        """
}
