/// Bits, numbers with fractions, databases: what redis-server 7.0.15 answered.
extension CommandScripts {
    static let bits = [
        Script(
            "SETBIT and GETBIT",
            [
                .init("SETBIT a 7 1", ":0"),
                .init("SETBIT a 7 1", ":1"),
                .init("SETBIT a 7 0", ":1"),
                .init("GETBIT a 7", ":0"),
                .init("GETBIT a 100", ":0"),
                .init("SETBIT a 100 1", ":0"),
                .init("STRLEN a", ":13"),
                .init("GETBIT a 100", ":1"),
                .init("SETBIT a x 1", "-ERR bit offset is not an integer or out of range"),
                .init("SETBIT a -1 1", "-ERR bit offset is not an integer or out of range"),
                .init("SETBIT a 4294967296 1", "-ERR bit offset is not an integer or out of range"),
                .init("SETBIT a 0 2", "-ERR bit is not an integer or out of range"),
                .init("SETBIT a 0 x", "-ERR bit is not an integer or out of range"),
                .init("GETBIT a -1", "-ERR bit offset is not an integer or out of range"),
                .init("GETBIT none 5", ":0"),
                .init("SET n 12", "+OK"),
                .init("SETBIT n 7 1", ":1"),
                .init("GET n", "$2|12"),
                .init("SETBIT a 0", "-ERR wrong number of arguments for 'setbit' command"),
            ]),
        Script(
            "BITCOUNT",
            [
                .init("SET a foobar", "+OK"),
                .init("BITCOUNT a", ":26"),
                .init("BITCOUNT a 0 0", ":4"),
                .init("BITCOUNT a 1 1", ":6"),
                .init("BITCOUNT a 1 1 BYTE", ":6"),
                .init("BITCOUNT a 5 30 BIT", ":17"),
                .init("BITCOUNT a -2 -1", ":7"),
                .init("BITCOUNT a -100 100 bit", ":26"),
                .init("BITCOUNT a 4 2", ":0"),
                .init("BITCOUNT a -1 -2 FOO", ":0"),
                .init("BITCOUNT a 0 1 FOO", "-ERR syntax error"),
                .init("BITCOUNT a 0", "-ERR syntax error"),
                .init("BITCOUNT a 0 x", "-ERR value is not an integer or out of range"),
                .init("BITCOUNT none 0 x", ":0"),
                .init("BITCOUNT none", ":0"),
                .init("BITCOUNT", "-ERR wrong number of arguments for 'bitcount' command"),
            ]),
        Script(
            "BITPOS",
            [
                .init("SETRANGE a 2 z", ":3"),
                .init("SETBIT b 7 1", ":0"),
                .init("BITPOS a 1", ":17"),
                .init("BITPOS a 0", ":0"),
                .init("BITPOS a 1 2", ":17"),
                .init("BITPOS a 1 0 1", ":-1"),
                .init("BITPOS a 1 7 30 BIT", ":17"),
                .init("BITPOS a 1 18 -1 BIT", ":18"),
                .init("BITPOS none 0", ":0"),
                .init("BITPOS none 1", ":-1"),
                .init("BITPOS a 2", "-ERR The bit argument must be 1 or 0."),
                .init("BITPOS a x", "-ERR value is not an integer or out of range"),
                .init("BITPOS a 1 x", "-ERR value is not an integer or out of range"),
                .init("BITPOS a 1 0 x", "-ERR value is not an integer or out of range"),
                .init("BITPOS a 1 0 1 FOO", "-ERR syntax error"),
                .init("BITPOS a 1 0 1 BIT 2", "-ERR syntax error"),
                .init("BITFIELD c SET i8 0 -1", "*1|:0"),
                .init("BITPOS c 0", ":8"),
                .init("BITPOS c 0 0", ":8"),
                .init("BITPOS c 0 0 -1", ":-1"),
                .init("BITPOS c 0 1", ":-1"),
                .init("BITPOS c 0 4 7 BIT", ":-1"),
            ]),
        Script(
            "BITOP",
            [
                .init("MSET a abc b ABCDE", "+OK"),
                .init("BITOP AND d a b", ":5"),
                .init("GET d", "$5|ABC\0\0"),
                .init("BITOP OR d a b", ":5"),
                .init("GET d", "$5|abcDE"),
                .init("BITOP XOR d a b none", ":5"),
                .init("BITCOUNT d", ":8"),
                .init("BITOP NOT d a", ":3"),
                .init("BITCOUNT d", ":14"),
                .init("BITOP NOT d d", ":3"),
                .init("GET d", "$3|abc"),
                .init("BITOP NOT d a b", "-ERR BITOP NOT must be called with a single source key."),
                .init("BITOP FOO d a", "-ERR syntax error"),
                .init("BITOP AND d", "-ERR wrong number of arguments for 'bitop' command"),
                .init("SET d 1 EX 100", "+OK"),
                .init("BITOP OR d a", ":3"),
                .init("TTL d", ":-1"),
                .init("BITOP OR d none", ":0"),
                .init("EXISTS d", ":0"),
                .init("BITOP AND d none none2", ":0"),
            ]),
        Script(
            "BITFIELD",
            [
                .init("BITFIELD a SET u8 0 255 GET u4 0 GET i4 #1", "*3|:0|:15|:-1"),
                .init("BITFIELD a INCRBY u2 100 1 OVERFLOW SAT INCRBY u2 102 1", "*2|:1|:1"),
                .init(
                    "BITFIELD a OVERFLOW FAIL INCRBY u8 0 1 SET u4 0 16",
                    "*2|$-1|$-1",
                    v3: "*2|_|_"),
                .init("BITFIELD a OVERFLOW SAT INCRBY i5 0 -100 SET i5 0 100", "*2|:-16|:-16"),
                .init("BITFIELD a OVERFLOW WRAP INCRBY i8 0 200", "*1|:71"),
                .init(
                    "BITFIELD a GET u63 0 GET i64 0",
                    "*2|:2558044588346441728|:5116089176692883456"),
                .init(
                    "BITFIELD a SET i64 #1 -9223372036854775808 INCRBY i64 #1 -1",
                    "*2|:83886080|:9223372036854775807"),
                .init("BITFIELD a", "*0"),
                .init(
                    "BITFIELD a GET u64 0",
                    "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 i"
                        + "s not supported but i64 is."),
                .init(
                    "BITFIELD a GET i65 0",
                    "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 i"
                        + "s not supported but i64 is."),
                .init(
                    "BITFIELD a GET u0 0",
                    "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 i"
                        + "s not supported but i64 is."),
                .init(
                    "BITFIELD a GET x8 0",
                    "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 i"
                        + "s not supported but i64 is."),
                .init("BITFIELD a GET u8 -1", "-ERR bit offset is not an integer or out of range"),
                .init("BITFIELD a GET u8 x", "-ERR bit offset is not an integer or out of range"),
                .init("BITFIELD a GET u8", "-ERR syntax error"),
                .init("BITFIELD a SET u8 0", "-ERR syntax error"),
                .init("BITFIELD a SET u8 0 x", "-ERR value is not an integer or out of range"),
                .init("BITFIELD a OVERFLOW FOO", "-ERR Invalid OVERFLOW type specified"),
                .init("BITFIELD a OVERFLOW", "-ERR syntax error"),
                .init("BITFIELD a FOO", "-ERR syntax error"),
                .init("BITFIELD new OVERFLOW FAIL SET u2 8 100", "*1|$-1", v3: "*1|_"),
                .init("STRLEN new", ":2"),
                .init("BITFIELD q OVERFLOW SAT SET i8 0 -9223372036854775808", "*1|:0"),
                .init("BITFIELD q GET i8 0", "*1|:127"),
                .init("BITFIELD_RO a GET u8 0 GET i8 #1", "*2|:71|:0"),
                .init("BITFIELD_RO none GET u8 0", "*1|:0"),
                .init(
                    "BITFIELD_RO a SET u8 0 1",
                    "-ERR BITFIELD_RO only supports the GET subcommand"),
                .init(
                    "BITFIELD_RO a INCRBY u8 0 1",
                    "-ERR BITFIELD_RO only supports the GET subcommand"),
                .init("EXISTS none", ":0"),
            ]),
        Script(
            "INCRBYFLOAT",
            [
                .init("SET a 10.50", "+OK"),
                .init("INCRBYFLOAT a 0.1", "$4|10.6"),
                .init("INCRBYFLOAT a -5", "$3|5.6"),
                .init("SET a 5.0e3", "+OK"),
                .init("INCRBYFLOAT a 2.0e2", "$4|5200"),
                .init("INCRBYFLOAT b 3", "$1|3"),
                .init("INCRBYFLOAT b 0x1p3", "$2|11"),
                .init("INCRBYFLOAT b .5", "$4|11.5"),
                .init("INCRBYFLOAT b 5.", "$4|16.5"),
                .init("INCRBYFLOAT b +1.5", "$2|18"),
                .init(
                    "INCRBYFLOAT b 1e400",
                    "$401|10000000000000000000281880683947586514586453433629052038625910693"
                        + "5396855340086298620393639948483241605220940539273176162002958227772592"
                        + "5573402382897659334066101779744743454617391786244811667497172377894382"
                        + "4391593338047470675026246684401359237513603830343735485505244955964979"
                        + "0218250382800910684149474024568986530409510175126580926158275889201834"
                        + "72511643316591362664138176309734806343732497430221946880"),
                .init("DEL b", ":1"),
                .init("INCRBYFLOAT b -0.0", "$1|0"),
                .init("INCRBYFLOAT b inf", "-ERR increment would produce NaN or Infinity"),
                .init("INCRBYFLOAT b nan", "-ERR value is not a valid float"),
                .init("INCRBYFLOAT b x", "-ERR value is not a valid float"),
                .init("INCRBYFLOAT b ''", "-ERR value is not a valid float"),
                .init("SET c x EX 100", "+OK"),
                .init("INCRBYFLOAT c 1", "-ERR value is not a valid float"),
                .init("SET c 1 EX 100", "+OK"),
                .init("INCRBYFLOAT c 1e17", "$18|100000000000000001"),
                .init("TTL c", ":100"),
                .init("INCRBYFLOAT c 1e-17", "$18|100000000000000001"),
                .init("INCRBYFLOAT c", "-ERR wrong number of arguments for 'incrbyfloat' command"),
            ]),
        Script(
            "LCS",
            [
                .init("MSET a ohmytext b mynewtext", "+OK"),
                .init("LCS a b", "$6|mytext"),
                .init("LCS a b LEN", ":6"),
                .init(
                    "LCS a b IDX",
                    "*4|$7|matches|*2|*2|*2|:4|:7|*2|:5|:8|*2|*2|:2|:3|*2|:0|:1|$3|len|:6",
                    v3: "%2|$7|matches|*2|*2|*2|:4|:7|*2|:5|:8|*2|*2|:2|:3|*2|:0|:1|$3|len|:6"),
                .init(
                    "LCS a b IDX MINMATCHLEN 4",
                    "*4|$7|matches|*1|*2|*2|:4|:7|*2|:5|:8|$3|len|:6",
                    v3: "%2|$7|matches|*1|*2|*2|:4|:7|*2|:5|:8|$3|len|:6"),
                .init(
                    "LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN",
                    "*4|$7|matches|*1|*3|*2|:4|:7|*2|:5|:8|:4|$3|len|:6",
                    v3: "%2|$7|matches|*1|*3|*2|:4|:7|*2|:5|:8|:4|$3|len|:6"),
                .init(
                    "LCS a b IDX WITHMATCHLEN MINMATCHLEN -1",
                    "*4|$7|matches|*2|*3|*2|:4|:7|*2|:5|:8|:4|*3|*2|:2|:3|*2|:0|:1|:2|$3|le"
                        + "n|:6",
                    v3: "%2|$7|matches|*2|*3|*2|:4|:7|*2|:5|:8|:4|*3|*2|:2|:3|*2|:0|:1|:2|$3|le"
                        + "n|:6"),
                .init("LCS a none", "$0|"),
                .init(
                    "LCS a none IDX",
                    "*4|$7|matches|*0|$3|len|:0",
                    v3: "%2|$7|matches|*0|$3|len|:0"),
                .init("LCS none none LEN", ":0"),
                .init(
                    "LCS a b LEN IDX",
                    "-ERR If you want both the length and indexes, please just use IDX."),
                .init("LCS a b FOO", "-ERR syntax error"),
                .init("LCS a b MINMATCHLEN", "-ERR syntax error"),
                .init("LCS a b MINMATCHLEN x", "-ERR value is not an integer or out of range"),
                .init("LCS a", "-ERR wrong number of arguments for 'lcs' command"),
            ]),
        Script(
            "MOVE and SWAPDB",
            [
                .init("SET a 1 EX 100", "+OK"),
                .init("MOVE a 1", ":1"),
                .init("EXISTS a", ":0"),
                .init("MOVE a 1", ":0"),
                .init("SET a 2", "+OK"),
                .init("MOVE a 1", ":0"),
                .init("SELECT 1", "+OK"),
                .init("TTL a", ":100"),
                .init("GET a", "$1|1"),
                .init("DBSIZE", ":1"),
                .init("MOVE a 1", "-ERR source and destination objects are the same"),
                .init("MOVE a 99", "-ERR DB index is out of range"),
                .init("MOVE a -1", "-ERR DB index is out of range"),
                .init("MOVE a x", "-ERR value is not an integer or out of range"),
                .init(
                    "MOVE a 9999999999",
                    "-ERR value is out of range, value must between -2147483648 and 2147483"
                        + "647"),
                .init("SWAPDB 0 1", "+OK"),
                .init("GET a", "$1|2"),
                .init("SWAPDB 0 0", "+OK"),
                .init("SWAPDB 0 99", "-ERR DB index is out of range"),
                .init("SWAPDB x 1", "-ERR invalid first DB index"),
                .init("SWAPDB 0 y", "-ERR invalid second DB index"),
                .init("SWAPDB 0 9999999999", "-ERR invalid second DB index"),
                .init("SELECT 0", "+OK"),
                .init("TTL a", ":100"),
                .init("COPY a b DB 1", ":1"),
                .init("COPY a b DB x", "-ERR value is not an integer or out of range"),
                .init(
                    "COPY a b DB 9999999999",
                    "-ERR value is out of range, value must between -2147483648 and 2147483"
                        + "647"),
                .init("COPY a b DB 99", "-ERR DB index is out of range"),
            ]),
        Script(
            "OBJECT and MEMORY USAGE",
            [
                .init("SET a 100", "+OK"),
                .init("SET b hello", "+OK"),
                .init("OBJECT ENCODING a", "$3|int"),
                .init("OBJECT REFCOUNT a", ":2147483647"),
                .init("OBJECT REFCOUNT b", ":1"),
                .init(
                    "OBJECT FREQ a",
                    "-ERR An LFU maxmemory policy is not selected, access frequency not tra"
                        + "cked. Please note that when switching between policies at runtime LRU "
                        + "and LFU data will take some time to adjust."),
                .init("OBJECT FREQ none", "$-1", v3: "_"),
                .init("OBJECT FREQ", "-ERR wrong number of arguments for 'object|freq' command"),
                .init("OBJECT IDLETIME none", "$-1", v3: "_"),
                .init("OBJECT FOO a", "-ERR unknown subcommand 'FOO'. Try OBJECT HELP."),
                .init("MEMORY USAGE none", "$-1", v3: "_"),
                .init("MEMORY USAGE a SAMPLES", "-ERR syntax error"),
                .init("MEMORY USAGE a SAMPLES -1", "-ERR syntax error"),
                .init("MEMORY USAGE a SAMPLES x", "-ERR value is not an integer or out of range"),
                .init("MEMORY USAGE a FOO 1", "-ERR syntax error"),
                .init("MEMORY USAGE none SAMPLES 0", "$-1", v3: "_"),
            ]),
    ]
}
