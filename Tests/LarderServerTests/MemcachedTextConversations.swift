/// What is said in memcached text, as memcached 1.6.18 has them.
extension Conversation {
    static let text: [Conversation] = [
        Conversation(
            "flags and values come back as they went in",
            [
                ("set a 5 0 3|abc|", "STORED|"),
                ("get a|", "VALUE a 5 3|abc|END|"),
                ("set a 4294967295 0 0||", "STORED|"),
                ("get a none a|", "VALUE a 4294967295 0||VALUE a 4294967295 0||END|"),
                ("set a -1 0 1|x|", "CLIENT_ERROR bad command line format|ERROR|"),
                ("set a 4294967296 0 1|x|", "STORED|"),
                ("get a|", "VALUE a 0 1|x|END|"),
                ("set \(key(250)) 1 0 1|x|", "STORED|"),
                ("get \(key(250)) \(key(251))|", "CLIENT_ERROR bad command line format|"),
            ]),
        Conversation(
            "what add, replace, append and prepend need",
            [
                ("add a 1 0 1|x|", "STORED|"),
                ("add a 2 0 1|y|", "NOT_STORED|"),
                ("replace b 0 0 1|y|", "NOT_STORED|"),
                ("replace a 3 0 1|z|", "STORED|"),
                ("append a 9 100 2|23|", "STORED|"),
                ("prepend a 9 100 2|01|", "STORED|"),
                ("get a|", "VALUE a 3 5|01z23|END|"),
                ("append b 0 0 1|x|", "NOT_STORED|"),
                ("prepend b 0 0 1|x|", "NOT_STORED|"),
                ("mg a t|", "HD t-1|"),
            ]),
        Conversation(
            "cas without an entry, and with a wrong version",
            [
                ("cas a 0 0 1 1|x|", "NOT_FOUND|"),
                ("set a 0 0 1|x|", "STORED|"),
                ("cas a 0 0 1 0|y|", "EXISTS|"),
                ("cas a 0 0 1 x|", "CLIENT_ERROR bad command line format|"),
                ("cas a 0 0 1 18446744073709551615|y|", "EXISTS|"),
                ("get a|", "VALUE a 0 1|x|END|"),
            ]),
        Conversation(
            "numbers wrap upwards and stop at zero",
            [
                ("incr a 1|", "NOT_FOUND|"),
                ("set a 7 0 20|18446744073709551615|", "STORED|"),
                ("incr a 1|", "0|"),
                ("get a|", "VALUE a 7 20|0                   |END|"),
                ("decr a 5|", "0|"),
                ("set a 0 0 2|10|", "STORED|"),
                ("decr a 1|", "9|"),
                ("get a|", "VALUE a 0 2|9 |END|"),
                ("incr a 1|", "10|"),
                ("incr a 990|", "1000|"),
                ("get a|", "VALUE a 0 4|1000|END|"),
                ("incr a 18446744073709551615|", "999|"),
            ]),
        Conversation(
            "what is a number and what is not",
            [
                ("set a 0 0 3|abc|", "STORED|"),
                ("incr a 1|", "CLIENT_ERROR cannot increment or decrement non-numeric value|"),
                ("set a 0 0 3| 5 |", "STORED|"),
                ("incr a 1|", "6|"),
                ("get a|", "VALUE a 0 3|6  |END|"),
                ("set a 0 0 2|-1|", "STORED|"),
                ("incr a 1|", "CLIENT_ERROR cannot increment or decrement non-numeric value|"),
                ("set a 0 0 0||", "STORED|"),
                ("incr a 1|", "CLIENT_ERROR cannot increment or decrement non-numeric value|"),
                ("set a 0 0 21|184467440737095516160|", "STORED|"),
                ("incr a 1|", "CLIENT_ERROR cannot increment or decrement non-numeric value|"),
                ("set a 0 0 1|1|", "STORED|"),
                ("incr a -1|", "CLIENT_ERROR invalid numeric delta argument|"),
                ("incr a x|", "CLIENT_ERROR invalid numeric delta argument|"),
                ("decr a|", "ERROR|"),
                ("incr a 1 noreply|", ""),
                ("get a|", "VALUE a 0 1|2|END|"),
            ]),
        Conversation(
            "delete takes an old zero, and nothing else",
            [
                ("delete a|", "NOT_FOUND|"),
                ("set a 0 0 1|x|", "STORED|"),
                (
                    "delete a 5|",
                    "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]|"
                ),
                ("delete a 0|", "DELETED|"),
                ("set a 0 0 1|x|", "STORED|"),
                ("delete a noreply|", ""),
                ("delete a 0 noreply|", ""),
                (
                    "delete a noreply 0|",
                    "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]|"
                ),
                ("get a|", "END|"),
            ]),
        Conversation(
            "times in the past, in the future and wrong ones",
            [
                ("set a 0 -1 1|x|", "STORED|"),
                ("get a|", "END|"),
                ("set a 0 0 1|x|", "STORED|"),
                ("touch a -1|", "TOUCHED|"),
                ("get a|", "END|"),
                ("touch a 0|", "NOT_FOUND|"),
                ("set a 0 1 1|x|touch a 0|", "STORED|TOUCHED|"),
                ("mg a t|", "HD t-1|"),
                ("touch a 2592000|mg a t|", "TOUCHED|HD t2592000|"),
                ("touch a 2592001|", "TOUCHED|"),
                ("get a|", "END|"),
                ("set a 0 100 1|x|", "STORED|"),
                ("gat -1 a|", "VALUE a 0 1|x|END|"),
                ("gat 0 a|", "END|"),
                ("touch a x|", "CLIENT_ERROR invalid exptime argument|"),
                ("gat x a|", "CLIENT_ERROR invalid exptime argument|"),
                ("gat 0|", "END|"),
                ("gat|", "ERROR|"),
                ("set a 0 x 1|", "CLIENT_ERROR bad command line format|"),
            ]),
        Conversation(
            "no reply, be it an error",
            [
                ("set a 0 0 1 noreply|x|", ""),
                ("add a 0 0 1 noreply|y|", ""),
                ("incr a 1 noreply|", ""),
                ("touch a 0 noreply|", ""),
                ("delete none noreply|", ""),
                ("flush_all noreply|", ""),
                ("verbosity 1 noreply|", ""),
                ("get a|", "END|"),
                ("set a 0 0 2 noreply|abcd|", "ERROR|"),
                ("set a 0 0 -1 noreply|", ""),
            ]),
        Conversation(
            "words that are no commands",
            [
                ("bogus|", "ERROR|"),
                ("|", "ERROR|"),
                ("GET a|", "ERROR|"),
                ("get|", "ERROR|"),
                ("set|", "ERROR|"),
                ("set a 0 0|", "ERROR|"),
                ("incr a|", "ERROR|"),
                ("touch a|", "ERROR|"),
                ("verbosity|", "ERROR|"),
                ("flush_all x|", "CLIENT_ERROR invalid exptime argument|"),
                ("version x|", "VERSION 1.6.18|"),
                ("shutdown|", "ERROR: shutdown not enabled|"),
                ("stats foo|", "ERROR|"),
                ("stats sizes|", "STAT sizes_status disabled|END|"),
                ("slabs|", "ERROR|"),
                ("get \(key(251))|", "CLIENT_ERROR bad command line format|"),
                ("incr \(key(251)) 1|", "CLIENT_ERROR bad command line format|"),
            ]),
        Conversation(
            "a value without its line end",
            [
                ("set a 0 0 2|abcd|", "CLIENT_ERROR bad data chunk|ERROR|"),
                ("get a|", "END|"),
                ("ms a 2|abcd|", "CLIENT_ERROR bad data chunk|ERROR|"),
                ("ms a 2 Zq|abcd|", "CLIENT_ERROR invalid flag|ERROR|"),
                ("set a 0 0 0||", "STORED|"),
                ("get a|", "VALUE a 0 0||END|"),
            ]),
    ]
}

/// A key of `count` bytes.
private func key(_ count: Int) -> String {
    String(repeating: "k", count: count)
}
