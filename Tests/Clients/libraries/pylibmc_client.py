"""pylibmc, which is libmemcached in C: pylibmc_client.py HOST:PORT"""
import sys

import pylibmc

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks, Raises
from libraries.memcached_commands import Dialect, commands, expiry

host, port = checking.address()
SERVERS = [f"{host}:{port}"]
client = pylibmc.Client(SERVERS, behaviors={"tcp_nodelay": True, "cas": True})
version = f"{pylibmc.__version__} (libmemcached {pylibmc.libmemcached_version})"
check = Checks("pylibmc", version)


def compare_and_set():
    client.set("c", "1")
    value, token = client.gets("c")
    results = [value, client.cas("c", "2", token)]
    return results + [client.cas("c", "3", token), client.get("c")]


def threads():
    """A pool of clients that are mapped to threads, as its manual shows it."""
    pool = pylibmc.ThreadMappedPool(client)
    with pool.reserve() as mine:
        mine.set("pooled", "yes")
        found = mine.get("pooled")
    pool.relinquish()
    return found


def with_behaviors(**behaviors):
    other = pylibmc.Client(SERVERS, behaviors=behaviors)
    other.set_multi({f"b{number}": number for number in range(100)})
    return sum(other.get_multi([f"b{number}" for number in range(100)]).values())


check("flushes", client.flush_all)
dialect = Dialect(
    set=client.set, get=client.get, get_many=client.get_multi, set_many=client.set_multi,
    delete=client.delete, add=client.add, replace=client.replace, append=client.append,
    prepend=client.prepend, increment=client.incr, decrement=client.decr, touch=client.touch,
    flush=client.flush_all)
commands(check, dialect)
expiry(check, dialect)
for value in ("ünïcode", 17, 2**40, 2.5, None, {"a": [1, 2.5]}, ("tuple",)):
    check(f"stores {value!r}", lambda: client.set("v", value), True)
    check(f"reads {value!r}", lambda: client.get("v", "missing"), value)
check("compares and sets", compare_and_set, ["1", True, False, "2"])
check("counts nothing that is absent", lambda: client.incr("nothing"), Raises(pylibmc.NotFound))
check("counts many", lambda: (client.set_multi({"i1": "1", "i2": "2"}),
                              client.incr_multi(["i1", "i2"], delta=5),
                              client.get_multi(["i1", "i2"]))[2],
      lambda found: {key: int(value) for key, value in found.items()} == {"i1": 6, "i2": 7})
check("compressed", lambda: client.set("z", "word " * 10_000, min_compress_len=100))
check("reads compressed", lambda: client.get("z"), "word " * 10_000)
check("a value above the limit", lambda: client.set("big", b"x" * 70_000_000),
      Raises(pylibmc.Error))
check("and the connection lives", lambda: client.get("c"), "2")
check("statistics", client.get_stats, lambda found: "curr_items" in found[0][1])
check("deletes many", lambda: client.delete_multi(["i1", "i2"]))
check("a pool of threads", threads, "yes")
check("without waiting", lambda: with_behaviors(no_block=True, tcp_nodelay=True), 4_950)
check("on a ring", lambda: with_behaviors(ketama=True), 4_950)
check("verifying keys", lambda: with_behaviors(verify_keys=True), 4_950)
check("the binary protocol", lambda: pylibmc.Client(SERVERS, binary=True).set("a", "1"), True)
sys.exit(check.status())
