/// What each command answers, as redis-server 7.0.15 does.
enum CommandScripts {
    static let all = strings + numbers + keys + connections + bits

    static let strings = [
        Script(
            "SET and GET",
            [
                .init("GET a", "$-1", v3: "_"),
                .init("SET a 1", "+OK"), .init("GET a", "$1|1"),
                .init("set a 2 xx get", "$1|1"), .init("SET a 3 NX", "$-1", v3: "_"),
                .init("SET b 3 XX", "$-1", v3: "_"), .init("SET b 3 NX", "+OK"),
                .init("SET c 4 NX GET", "$-1", v3: "_"), .init("GET c", "$1|4"),
                .init("SET a", "-ERR wrong number of arguments for 'set' command"),
                .init("SET a 1 NX XX", "-ERR syntax error"),
                .init("SET a 1 EX 1 PX 1", "-ERR syntax error"),
                .init("SET a 1 KEEPTTL EX 1", "-ERR syntax error"),
                .init("SET a 1 EX 0", "-ERR invalid expire time in 'set' command"),
                .init("SET a 1 EX x", "-ERR value is not an integer or out of range"),
                .init("SET a 5 PXAT 1", "+OK"), .init("EXISTS a", ":0"),
                .init("SET '' empty", "+OK"), .init("GET ''", "$5|empty"),
            ]),
        Script(
            "MSET, MSETNX and MGET",
            [
                .init("MSET a 1 b 2 a 3", "+OK"),
                .init("MGET a b c", "*3|$1|3|$1|2|$-1", v3: "*3|$1|3|$1|2|_"),
                .init("MSET a 1 b", "-ERR wrong number of arguments for 'mset' command"),
                .init("MSETNX c 1 a 2", ":0"), .init("EXISTS c", ":0"),
                .init("MSETNX c 1 d 2", ":1"), .init("MGET c d", "*2|$1|1|$1|2"),
                .init("MSETNX c", "-ERR wrong number of arguments for 'msetnx' command"),
            ]),
        Script(
            "the older ways to set and get",
            [
                .init("SETNX a 1", ":1"), .init("SETNX a 2", ":0"), .init("GET a", "$1|1"),
                .init("GETSET a 2", "$1|1"), .init("GETDEL a", "$1|2"),
                .init("GETDEL a", "$-1", v3: "_"), .init("GETSET a 2", "$-1", v3: "_"),
                .init("SETEX a 100 1", "+OK"), .init("TTL a", ":100"),
                .init("SETEX a 0 1", "-ERR invalid expire time in 'setex' command"),
                .init("PSETEX a -1 1", "-ERR invalid expire time in 'psetex' command"),
                .init("GETSET a 3", "$1|1"), .init("TTL a", ":-1"),
            ]),
        Script(
            "GETEX",
            [
                .init("SET a 1", "+OK"), .init("GETEX a EX 100", "$1|1"), .init("TTL a", ":100"),
                .init("GETEX a PERSIST", "$1|1"), .init("TTL a", ":-1"),
                .init("GETEX a PERSIST EX 1", "-ERR syntax error"),
                .init("GETEX none EX x", "$-1", v3: "_"),
                .init("GETEX a EX 0", "-ERR invalid expire time in 'getex' command"),
                .init("GETEX a PXAT 1", "$1|1"), .init("GET a", "$-1", v3: "_"),
            ]),
        Script(
            "parts of strings",
            [
                .init("APPEND a hello", ":5"), .init("APPEND a !", ":6"), .init("STRLEN a", ":6"),
                .init("STRLEN none", ":0"), .init("GETRANGE a 0 1", "$2|he"),
                .init("GETRANGE a -3 -1", "$3|lo!"), .init("GETRANGE a 4 1", "$0|"),
                .init("GETRANGE a -1 -3", "$0|"), .init("SUBSTR a 0 -1", "$6|hello!"),
                .init("GETRANGE none 0 -1", "$0|"),
                .init("GETRANGE a x 1", "-ERR value is not an integer or out of range"),
                .init("SETRANGE a 1 ipp", ":6"), .init("GET a", "$6|hippo!"),
                .init("SETRANGE a 8 x", ":9"), .init("GET a", "$9|hippo!\0\0x"),
                .init("SETRANGE none 5 ''", ":0"), .init("EXISTS none", ":0"),
                .init("SETRANGE a -1 x", "-ERR offset is out of range"),
                .init(
                    "SETRANGE a 9999999999 x",
                    "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"),
            ]),
    ]

    static let numbers = [
        Script(
            "numbers",
            [
                .init("INCR a", ":1"), .init("INCRBY a 41", ":42"), .init("DECR a", ":41"),
                .init("DECRBY a 1", ":40"), .init("GET a", "$2|40"),
                .init("INCRBY a x", "-ERR value is not an integer or out of range"),
                .init("DECRBY a -9223372036854775808", "-ERR decrement would overflow"),
                .init("SET a 9223372036854775807", "+OK"),
                .init("INCR a", "-ERR increment or decrement would overflow"),
                .init("SET a 01", "+OK"),
                .init("INCR a", "-ERR value is not an integer or out of range"),
                .init("SET a 5 EX 100", "+OK"), .init("INCR a", ":6"), .init("TTL a", ":100"),
            ])
    ]

    static let keys = [
        Script(
            "keys",
            [
                .init("MSET a 1 b 2 c 3", "+OK"), .init("EXISTS a a none", ":2"),
                .init("TOUCH a none", ":1"), .init("TYPE a", "+string"),
                .init("TYPE none", "+none"),
                .init("DEL a none", ":1"), .init("UNLINK b c", ":2"), .init("DBSIZE", ":0"),
                .init("RANDOMKEY", "$-1", v3: "_"), .init("SET a 1", "+OK"),
                .init("RANDOMKEY", "$1|a"), .init("KEYS *", "*1|$1|a"), .init("KEYS b*", "*0"),
                .init("SCAN 0 COUNT 100000", "*2|$1|0|*1|$1|a"),
                .init("SCAN 0 COUNT 9223372036854775807", "*2|$1|0|*1|$1|a"),
                .init("SCAN x", "-ERR invalid cursor"),
                .init("SCAN 0 COUNT 0", "-ERR syntax error"),
                .init("SCAN 0 COUNT 100000 TYPE list", "*2|$1|0|*0"), .init("FLUSHDB", "+OK"),
                .init("FLUSHALL FOO", "-ERR syntax error"), .init("FLUSHALL ASYNC", "+OK"),
            ]),
        Script(
            "RENAME and COPY",
            [
                .init("SET a 1 EX 100", "+OK"), .init("RENAME a b", "+OK"),
                .init("TTL b", ":100"), .init("EXISTS a", ":0"),
                .init("RENAME a b", "-ERR no such key"), .init("RENAME b b", "+OK"),
                .init("SET a 2", "+OK"), .init("RENAMENX a b", ":0"), .init("RENAMENX a c", ":1"),
                .init("COPY c b", ":0"), .init("COPY c b REPLACE", ":1"), .init("GET b", "$1|2"),
                .init("COPY none b", ":0"), .init("COPY c c DB 1", ":1"),
                .init("COPY c c", "-ERR source and destination objects are the same"),
                .init("SELECT 1", "+OK"), .init("GET c", "$1|2"), .init("DBSIZE", ":1"),
            ]),
        Script(
            "expiry",
            [
                .init("SET a 1", "+OK"), .init("TTL a", ":-1"), .init("PTTL none", ":-2"),
                .init("EXPIRE a 100", ":1"), .init("TTL a", ":100"), .init("EXPIRE none 1", ":0"),
                .init("EXPIRE a 50 GT", ":0"), .init("EXPIRE a 200 LT", ":0"),
                .init("EXPIRE a 200 GT", ":1"), .init("EXPIRE a 1 NX", ":0"),
                .init("PERSIST a", ":1"), .init("PERSIST a", ":0"), .init("EXPIRE a 1 XX", ":0"),
                .init("EXPIRE a 1 GT", ":0"),
                .init("EXPIRE a 1 FOO", "-ERR Unsupported option FOO"),
                .init(
                    "EXPIRE a 1 NX XX",
                    "-ERR NX and XX, GT or LT options at the same time are not compatible"),
                .init("EXPIREAT a 99999999999", ":1"), .init("EXPIRETIME a", ":99999999999"),
                .init("PEXPIREAT a 9223372036854775807", ":1"),
                .init("EXPIRETIME a", ":9223372036854776"),
                .init("PEXPIREAT a 99999999999123", ":1"),
                .init("PEXPIRETIME a", ":99999999999123"),
                .init(
                    "EXPIRE a 9223372036854775807", "-ERR invalid expire time in 'expire' command"),
                .init("PEXPIRE a -1", ":1"), .init("EXISTS a", ":0"), .init("DBSIZE", ":0"),
                .init("SET b 1", "+OK"), .init("EXPIREAT b 1", ":1"),
                .init("GET b", "$-1", v3: "_"), .init("TTL b", ":-2"),
            ]),
    ]

    static let connections = [
        Script(
            "connections",
            [
                .init("PING", "+PONG"), .init("PING hi", "$2|hi"), .init("ECHO hi", "$2|hi"),
                .init("PING a b", "-ERR wrong number of arguments for 'ping' command"),
                .init("SELECT 15", "+OK"), .init("SELECT 16", "-ERR DB index is out of range"),
                .init("SELECT x", "-ERR value is not an integer or out of range"),
                .init("CLIENT GETNAME", "$-1", v3: "_"), .init("CLIENT SETNAME me", "+OK"),
                .init("CLIENT GETNAME", "$2|me"),
                .init("CLIENT SETINFO lib-name swift", "+OK"),
                .init("CLIENT NO", "-ERR unknown subcommand 'NO'. Try CLIENT HELP."),
                .init("CLIENT", "-ERR wrong number of arguments for 'client' command"),
                .init(
                    "CONFIG GET maxmemory", "*2|$9|maxmemory|$8|67108864",
                    v3: "%1|$9|maxmemory|$8|67108864"),
                .init("CONFIG NO", "-ERR unknown subcommand 'NO'. Try CONFIG HELP."),
                .init(
                    "CONFIG SET no 1",
                    "-ERR Unknown option or number of arguments for CONFIG SET - 'no'"),
                .init("CONFIG RESETSTAT", "+OK"),
                .init("OBJECT REFCOUNT none", "$-1", v3: "_"),
                .init("SET n 5", "+OK"), .init("OBJECT ENCODING n", "$3|int"),
                .init("COMMAND INFO none", "*1|$-1", v3: "*1|_"),
                .init("COMMAND GETKEYS MSET a 1 b 2", "*2|$1|a|$1|b"),
                .init("COMMAND LIST FILTERBY PATTERN MSET*", "*2|$4|mset|$6|msetnx"),
                .init("AUTH a b c", "-ERR syntax error"), .init("AUTH default any", "+OK"),
                .init("HELLO 4", "-NOPROTO unsupported protocol version"),
                .init(
                    "NOSUCH a b",
                    "-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' "),
                .init("RESET", "+RESET"), .init("DBSIZE", ":0"), .init("GET none", "$-1"),
            ])
    ]
}
