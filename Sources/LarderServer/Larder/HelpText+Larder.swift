extension HelpText {
    static let larder: StaticString = """
        BAN KEY|TAG|PREFIX|NAMESPACE <name> [SOFT]
            Let what matches die, or grow stale, and return the number of the ban.
        EXPLAIN <key>
            Tell what is known of a key, and what a GET would do.
        GET <key> BYPASS
            Ask the origin of a key, past memory, and keep nothing.
        """
}
