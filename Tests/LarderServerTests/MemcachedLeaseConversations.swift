/// What is said of stale values, of reads, and of who writes the next value: as memcached 1.6.18
/// has it.
extension Conversation {
    static let leases: [Conversation] = [
        Conversation(
            "mg makes what is not there, and one client wins",
            [
                ("mg a N30 v t k|", "VA 0 t30 ka W||"),
                ("mg a v t N30|", "VA 0 t30 Z||"),
                ("mg a v k|", "VA 0 ka Z||"),
                ("ms a 3 T60|abc|", "HD|"),
                ("mg a v t|", "VA 3 t60|abc|"),
                ("mg b N0 t|", "HD t-1 W|"),
                ("mg b t|", "HD t-1 Z|"),
                ("mg c N-1|mg c|", "HD W|EN|"),
                ("mg d N30 q k v|", "VA 0 kd W||"),
                ("mg e q N30|mg e q|", "HD W|HD Z|"),
                ("mg f N30 s f h l Oxy|", "HD s0 f0 h0 l0 Oxy W|"),
                ("mg g N5 T90 t|mg g T70 N5 t|", "HD t90 W|HD t70 Z|"),
                (
                    "mg h c N30 O23456789012345678901234567890123|",
                    "CLIENT_ERROR opaque token too long|"
                ),
                ("mg i N30 u h|mg i h u|mg i h|", "HD h0 W|HD h0 Z|HD h0 Z|"),
            ]),
        Conversation(
            "R tells one client to write anew",
            [
                ("set a 0 100 1|x|", "STORED|"),
                ("mg a R30 t|", "HD t100|"),
                ("mg a R100|", "HD|"),
                ("mg a R101|", "HD W|"),
                ("mg a R101|", "HD Z|"),
                ("mg a T10 R30|", "HD Z|"),
                ("touch a 0|mg a R30|", "TOUCHED|HD Z|"),
                ("set a 0 0 1|y|mg a R30|", "STORED|HD|"),
                ("set b 0 100 1|x|mg b R30 T20|", "STORED|HD|"),
                ("set b 0 100 1|x|mg b T20 R30 t|", "STORED|HD t20 W|"),
                ("set b 0 100 1|x|mg b R-1|mg b R0|", "STORED|HD|HD|"),
                (
                    "incr b 1|mg b R101 v|",
                    "CLIENT_ERROR cannot increment or decrement non-numeric value|VA 1 W|x|"
                ),
                (
                    "set c 0 100 1|5|mg c R101|mn|incr c 1|mg c v|incr c 9|mg c v|",
                    "STORED|HD W|MN|6|VA 1 Z|6|15|VA 2|15|"
                ),
                ("append b 0 0 1|y|mg b v|", "STORED|VA 2|xy|"),
            ]),
        Conversation(
            "md with I leaves what is out of date",
            [
                ("md a I|md a I k Ox|", "NF|NF ka Ox|"),
                ("set a 7 0 1|x|md a I T30|", "STORED|HD|"),
                ("mg a v t f|", "VA 1 t30 f7 X W|x|"),
                ("mg a v|", "VA 1 Z X|x|"),
                ("get a|", "VALUE a 7 1|x|END|"),
                ("md a I q|mg a|mg a|", "HD X W|HD Z X|"),
                ("ms a 1 T9|n|", "HD|"),
                ("mg a v t|", "VA 1 t9|n|"),
                ("md a I|md a|mg a|", "HD|HD|EN|"),
                ("set b 0 0 1|5|md b I|incr b 1|mg b v|", "STORED|HD|6|VA 1 X W|6|"),
                ("set b 0 0 1|5|md b I|append b 0 0 1|6|mg b v|", "STORED|HD|STORED|VA 2|56|"),
                ("set b 0 0 1|5|md b I T-1|mg b|", "STORED|HD|EN|"),
                (
                    "set c 0 0 1|5|md c I|gat 0 c|touch c 60|mg c t|",
                    "STORED|HD|VALUE c 0 1|5|END|TOUCHED|HD t60 X W|"
                ),
                ("mg c N30 R100|", "HD Z X|"),
                ("md c I|mg c R100|", "HD|HD X W|"),
                ("ms c 1 I|z|mg c v|", "HD|VA 1|z|"),
                ("add c 0 0 1|q|md c I|replace c 0 0 1|r|mg c v|", "NOT_STORED|HD|STORED|VA 1|r|"),
            ]),
        Conversation(
            "h tells whether a value was read since it was written",
            [
                ("set a 0 0 1|5|mg a h|", "STORED|HD h0|"),
                ("mg a h|", "HD h1|"),
                ("set a 0 0 1|5|mg a u h|mg a u h|", "STORED|HD h0|HD h0|"),
                ("get a|mg a h|", "VALUE a 0 1|5|END|HD h1|"),
                ("set a 0 0 1|5|touch a 0|mg a h|", "STORED|TOUCHED|HD h1|"),
                ("set a 0 0 1|5|gat 0 a|mg a h|", "STORED|VALUE a 0 1|5|END|HD h1|"),
                (
                    "set a 0 0 1|5|incr a 1|mg a h u|mg a h|incr a 1|mg a h u|incr a 5|mg a h u|",
                    "STORED|6|HD h0|HD h0|7|HD h1|12|HD h0|"
                ),
                ("append a 0 0 1|5|mg a h|", "STORED|HD h0|"),
                ("mg b h|", "EN|"),
                (
                    "set a 0 0 1|x|ma a|mg a h u|me none|",
                    "STORED|CLIENT_ERROR cannot increment or decrement non-numeric value|HD h0|EN|"
                ),
            ]),
        Conversation(
            "a key in base64 stays so for whoever reads",
            [
                ("ms YQ== 1 b k|x|", "HD kYQ== b|"),
                ("mg a k v|", "VA 1 kYQ== b|x|"),
                ("mg YQ== b k|", "HD kYQ== b|"),
                ("set a 0 0 1|y|mg YQ== b k|", "STORED|HD ka|"),
                ("ms QUI= 2 b|xx|append AB 0 0 1|y|mg AB k v|", "HD|STORED|VA 3 kAB|xxy|"),
                ("mg QUM= b N30 k|mg AC k|", "HD kAC W|HD kAC Z|"),
                ("ma QUQ= b N0 k v|mg AD k|ma QUQ= b k|", "VA 1 kQUQ= b|0|HD kAD|HD kQUQ= b|"),
                (
                    "ms QUU= 1 b|5|incr AE 1|mg AE k|incr AE 9|mg AE k|",
                    "HD|6|HD kQUU= b|15|HD kAE|"
                ),
                (
                    "ms QUY= 1 b|5|touch AF 60|md QUY= b I k|mg AF k|",
                    "HD|TOUCHED|HD kQUY= b|HD kQUY= b X W|"
                ),
                (
                    "mg Q:U+/ b k v|md QUI b k|",
                    "EN kQU+/ b|CLIENT_ERROR invalid or duplicate flag|"
                ),
                ("mg QUI b k|", "CLIENT_ERROR error decoding key|"),
                ("md QUI= b k|md QUI= b k|", "HD kQUI= b|NF kQUI= b|"),
                ("mg QQ=A b k|mg ==== b|", "EN kQQA= b|CLIENT_ERROR error decoding key|"),
            ]),
        Conversation(
            "ma answers, then refuses, and changes all the same",
            [
                (
                    "ma n N0 J9|ma n T50 t|mg n t|ma n T50 t v|mg n t|",
                    "HD|HD t50|HD t-1|VA 2 t50|11|HD t50|"
                ),
                (
                    "ma n O23456789012345678901234567890123 v|mg n v|",
                    "CLIENT_ERROR opaque token too long|VA 2|12|"
                ),
                (
                    "ma none O23456789012345678901234567890123|",
                    "CLIENT_ERROR opaque token too long|"
                ),
                (
                    "ma n C1 O23456789012345678901234567890123|",
                    "CLIENT_ERROR opaque token too long|"
                ),
                (
                    "set s 0 0 1|x|ma s O23456789012345678901234567890123|",
                    "STORED|CLIENT_ERROR cannot increment or decrement non-numeric value|"
                ),
                (
                    "ma n q|mg n v|ma n q O23456789012345678901234567890123|",
                    "VA 2|13|CLIENT_ERROR opaque token too long|"
                ),
                (
                    "ma z N0 J3 O23456789012345678901234567890123|mg z v|",
                    "CLIENT_ERROR opaque token too long|VA 1|3|"
                ),
                ("set w 0 0 3|100|ma w MD D91 v k|mg w v|", "STORED|VA 1 kw|9|VA 3|9  |"),
                ("ma y N-1 J3 v|mg y|", "VA 1|3|EN|"),
            ]),
    ]
}
