"""What users of redis-py and of its likes do with strings, keys and databases.

The same list for redis-py and valkey-py, for their asynchronous forms, and for both protocols.
"""
import datetime

from checking import Raises

HOUR = datetime.timedelta(hours=1)


def strings(check, client, library):
    wrong = library.ResponseError
    check("answers PING", client.ping)
    check("echoes", lambda: client.echo("hé"), "hé".encode())
    check("stores text", lambda: client.set("k", "ünïcode"))
    check("reads text", lambda: client.get("k"), "ünïcode".encode())
    check("stores all bytes", lambda: client.set("k", bytes(range(256))))
    check("reads all bytes", lambda: client.get("k"), bytes(range(256)))
    check("stores nothing", lambda: client.set("k", ""))
    check("reads nothing", lambda: client.get("k"), b"")
    check("stores a megabyte", lambda: client.set("big", "x" * 1_000_000))
    check("reads a megabyte", lambda: client.get("big"), b"x" * 1_000_000)
    check("misses", lambda: client.get("no such key"), None)
    check("SET NX on an absent key", lambda: client.set("o", 1, nx=True), True)
    check("SET NX on a present key", lambda: client.set("o", 2, nx=True), None)
    check("SET XX with a time", lambda: client.set("o", 3, xx=True, ex=100), True)
    check("SET GET KEEPTTL", lambda: client.set("o", 4, get=True, keepttl=True), b"3")
    check("the time was kept", lambda: client.ttl("o"), lambda left: 90 < left <= 100)
    check("SET EXAT", lambda: client.set("o", 4, exat=4_000_000_000), True)
    check("EXPIRETIME", lambda: client.expiretime("o"), 4_000_000_000)
    check("SET with two options that exclude each other",
          lambda: client.execute_command("SET", "a", "b", "NX", "XX"),
          Raises(wrong, "syntax error"))
    check("SETEX", lambda: client.setex("s", HOUR, "v"))
    check("PSETEX", lambda: client.psetex("s", 5_000, "v"))
    check("SETNX", lambda: client.setnx("s", "v"), False)
    check("GETSET", lambda: client.getset("s", "w"), b"v")
    check("GETEX", lambda: client.getex("s", ex=50), b"w")
    check("GETEX PERSIST", lambda: client.getex("s", persist=True), b"w")
    check("GETDEL", lambda: client.getdel("s"), b"w")
    check("MSET", lambda: client.mset({f"m{number}": number for number in range(100)}))
    check("MGET", lambda: client.mget([f"m{number}" for number in range(101)]),
          [b"%d" % number for number in range(100)] + [None])
    check("MSETNX with a present key", lambda: client.msetnx({"m5": "x", "fresh": "y"}), False)
    check("MSETNX with absent keys", lambda: client.msetnx({"f1": "x", "f2": "y"}), True)
    check("APPEND", lambda: client.append("ap", "abc"), 3)
    check("STRLEN", lambda: client.strlen("ap"), 3)
    check("SETRANGE", lambda: client.setrange("ap", 5, "f"), 6)
    check("GETRANGE", lambda: client.getrange("ap", 1, -1), b"bc\0\0f")
    check("SUBSTR", lambda: client.substr("ap", 0, 1), b"ab")
    check("two texts for LCS", lambda: client.mset({"l1": "ohmytext", "l2": "mynewtext"}))
    check("LCS of two", lambda: client.lcs("l1", "l2"), b"mytext")
    check("LCS LEN", lambda: client.lcs("l1", "l2", len=True), 6)


def counters(check, client, library):
    wrong = library.ResponseError
    check("INCR", lambda: client.incr("n"), 1)
    check("INCRBY", lambda: client.incrby("n", 9), 10)
    check("DECR", lambda: client.decr("n"), 9)
    check("DECRBY", lambda: client.decrby("n", 4), 5)
    check("INCRBYFLOAT", lambda: client.incrbyfloat("n", 0.5), 5.5)
    check("INCR of no integer", lambda: client.incr("n"), Raises(wrong, "not an integer or out of"))
    check("INCR beyond 64 bits", lambda: client.set("n", 2**63 - 1))
    check("INCR that overflows", lambda: client.incr("n"), Raises(wrong, "would overflow"))


def keys(check, client, library):
    wrong = library.ResponseError
    check("EXISTS", lambda: client.exists("m1", "m2", "m1", "nothing"), 3)
    check("TYPE", lambda: client.type("m1"), b"string")
    check("TYPE of nothing", lambda: client.type("nothing"), b"none")
    check("DEL", lambda: client.delete("m1", "nothing"), 1)
    check("UNLINK", lambda: client.unlink("m2", "m3"), 2)
    check("TOUCH", lambda: client.touch("m4", "m5", "m1"), 2)
    check("RENAME", lambda: client.rename("m4", "renamed"))
    check("RENAME of nothing", lambda: client.rename("no", "x"), Raises(wrong, "no such key"))
    check("RENAMENX", lambda: client.renamenx("renamed", "m5"), False)
    check("COPY", lambda: client.copy("m5", "copied"), True)
    check("COPY onto a key", lambda: client.copy("m5", "copied"), False)
    check("COPY REPLACE", lambda: client.copy("m6", "copied", replace=True), True)
    check("RANDOMKEY", client.randomkey, lambda key: isinstance(key, bytes))
    check("KEYS", lambda: client.keys("copie?"), [b"copied"])
    check("EXPIRE", lambda: client.expire("m7", HOUR), True)
    check("EXPIRE GT, shorter", lambda: client.expire("m7", 10, gt=True), False)
    check("EXPIRE NX, set already", lambda: client.expire("m7", 10, nx=True), False)
    check("PTTL", lambda: client.pttl("m7"), lambda left: 3_590_000 < left <= 3_600_000)
    check("PERSIST", lambda: client.persist("m7"), True)
    check("TTL without", lambda: client.ttl("m7"), -1)
    check("TTL of nothing", lambda: client.ttl("nothing"), -2)
    check("EXPIREAT of the past", lambda: client.expireat("m7", 1), True)
    check("PEXPIRE", lambda: client.pexpire("m8", 30), True)
    check("it expires", lambda: check.eventually(lambda: client.exists("m7", "m8"), 0))
    check("OBJECT ENCODING", lambda: client.object("ENCODING", "m9"), b"int")
    check("MEMORY USAGE", lambda: client.memory_usage("m9"), lambda size: 8 <= size <= 200)
    check("MOVE", lambda: client.move("m9", 1), True)
    check("MOVE of nothing", lambda: client.move("m9", 1), False)


def bits(check, client, library):
    check("SETBIT", lambda: client.setbit("b", 7, 1), 0)
    check("SETBIT again", lambda: client.setbit("b", 7, 1), 1)
    check("GETBIT", lambda: client.getbit("b", 7), 1)
    check("BITCOUNT", lambda: client.bitcount("b"), 1)
    check("BITPOS", lambda: client.bitpos("b", 1), 7)
    check("BITOP", lambda: client.bitop("NOT", "negative", "b"), 1)
    check("BITOP's result", lambda: client.get("negative"), b"\xfe")
    check("BITFIELD", lambda: client.bitfield("f", "SAT").incrby("u8", "#1", 300).get("u8", 8)
          .execute(), [255, 255])
    check("BITFIELD_RO", lambda: client.bitfield_ro("f", "u8", 8), [255])


def databases(check, client, other, library):
    """`other` is the same client on database 1."""
    check("FLUSHDB of the other", lambda: other.flushdb())
    check("a key of database 0", lambda: client.set("only0", "x"))
    check("is not in database 1", lambda: other.get("only0"), None)
    check("SWAPDB", lambda: client.swapdb(0, 1))
    check("now it is", lambda: other.get("only0"), b"x")
    check("SWAPDB back", lambda: client.swapdb(0, 1))
    check("DBSIZE of the other", other.dbsize, 0)
    check("FLUSHDB", client.flushdb)
    check("DBSIZE", client.dbsize, 0)
    check("FLUSHALL", client.flushall)
    check("FLUSHALL ASYNC", lambda: client.flushall(asynchronous=True))


def server(check, client, library):
    """What monitoring and operating ask, of a client that has one connection only."""
    wrong = library.ResponseError
    check("INFO", client.info, lambda info: info["redis_version"] == "7.0.15")
    check("INFO memory", lambda: client.info("memory"), lambda info: info["used_memory"] > 0)
    check("INFO everything", lambda: client.info("everything"), lambda info: "cmdstat_get" in info)
    check("TIME", client.time, lambda time: time[0] > 1_700_000_000)
    check("CONFIG GET", lambda: client.config_get("maxmemory*"), lambda got: "maxmemory" in got)
    check("CONFIG SET", lambda: client.config_set("slowlog-log-slower-than", 10_000))
    check("CONFIG RESETSTAT", client.config_resetstat)
    check("CLIENT SETNAME", lambda: client.client_setname("tester"))
    check("CLIENT GETNAME", client.client_getname, lambda name: name in ("tester", b"tester"))
    check("CLIENT LIST", client.client_list,
          lambda found: "tester" in [entry["name"] for entry in found])
    check("CLIENT INFO", client.client_info, lambda info: info["name"] == "tester")
    check("CLIENT ID", client.client_id, lambda number: number > 0)
    check("CLIENT NO-EVICT", lambda: client.client_no_evict("on"), lambda reply: reply)
    check("CLIENT PAUSE", lambda: client.client_pause(1))
    check("CLIENT UNPAUSE", client.client_unpause, lambda reply: reply)
    check("CLIENT KILL of nobody", lambda: client.client_kill_filter(_id="999999"), 0)
    check("COMMAND COUNT", client.command_count, lambda count: count > 50)
    check("COMMAND INFO", lambda: client.command_info(), Raises(NotImplementedError))
    check("COMMAND", client.command, lambda found: found["get"]["arity"] == 2)
    check("COMMAND GETKEYS", lambda: client.command_getkeys("MSET", "a", 1, "b", 2),
          lambda found: found in ([b"a", b"b"], ["a", "b"]))
    check("COMMAND LIST", client.command_list, lambda found: b"get" in found or "get" in found)
    check("SLOWLOG RESET", client.slowlog_reset)
    check("SLOWLOG LEN", client.slowlog_len, 0)
    check("SLOWLOG GET", client.slowlog_get, [])
    check("LATENCY LATEST", client.latency_latest, [])
    check("MEMORY STATS", client.memory_stats, lambda found: found["keys.count"] >= 0)
    check("ACL WHOAMI", client.acl_whoami, lambda name: name in ("default", b"default"))
    check("LOLWUT", client.lolwut, lambda text: b"ver" in text or "ver" in text)
    check("SCRIPT FLUSH", client.script_flush)
    check("a command that does not exist", lambda: client.execute_command("NOPE", "a"),
          Raises(wrong, "unknown command"))
    check("too few arguments", lambda: client.execute_command("GET"),
          Raises(wrong, "wrong number of arguments for 'get' command"))
    check("RESET", client.reset, lambda reply: reply in ("RESET", b"RESET"))
