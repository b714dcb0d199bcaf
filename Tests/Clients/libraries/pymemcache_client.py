"""pymemcache: pymemcache_client.py HOST:PORT"""
import importlib.metadata
import sys

from pymemcache import serde
from pymemcache.client.base import Client, PooledClient
from pymemcache.client.hash import HashClient
from pymemcache.client.retrying import RetryingClient
from pymemcache.exceptions import MemcacheClientError

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks, Raises
from libraries.memcached_commands import Dialect, commands, expiry

host, port = checking.address()
options = {"timeout": 10, "connect_timeout": 10, "default_noreply": False}
client = Client((host, port), **options)
check = Checks("pymemcache", importlib.metadata.version("pymemcache"))


def dialect(of):
    return Dialect(
        set=of.set, get=of.get, get_many=of.get_many, set_many=of.set_many, delete=of.delete,
        add=of.add, replace=of.replace, append=of.append, prepend=of.prepend, increment=of.incr,
        decrement=of.decr, touch=of.touch, flush=of.flush_all)


def silently():
    for number in range(500):
        client.set("silent", b"%d" % number, noreply=True)
    return client.get("silent")


def compare_and_set():
    client.set("c", b"1")
    value, token = client.gets("c")
    return [value, client.cas("c", b"2", token), client.cas("c", b"3", token), client.get("c"),
            client.cas("nothing", b"x", token)]


def several_servers():
    """The key ring of a client that knows the server by two names."""
    ring = HashClient([(host, port), ("localhost", port)], timeout=10)
    ring.set_many({f"ring{number}": b"%d" % number for number in range(50)})
    found = ring.get_many([f"ring{number}" for number in range(50)])
    ring.close()
    return len(found)


check("flushes", client.flush_all)
commands(check, dialect(client))
expiry(check, dialect(client))
check("writes without a reply", silently, b"499")
check("compares and sets", compare_and_set, [b"1", True, False, b"2", None])
check("gets and touches many", lambda: client.gets_many(["c", "nothing"]),
      lambda found: found["c"][0] == b"2" and found["c"][1].isdigit())
check("a key with a blank", lambda: client.set("a b", b""), Raises(Exception, "whitespace"))
check("counts no text", lambda: client.set("word", b"abc"))
check("and says so", lambda: client.incr("word", 1),
      Raises(MemcacheClientError, "cannot increment or decrement non-numeric value"))
check("counts nothing that is absent", lambda: client.incr("nothing", 1), None)
check("a value above the limit", lambda: client.set("big", b"x" * 70_000_000),
      Raises(Exception, "object too large for cache"))
check("and the connection lives", lambda: client.get("c"), b"2")
check("gat", lambda: client.raw_command(b"gat 1000 c nothing", b"END\r\n"),
      b"VALUE c 0 1\r\n2\r\n")
check("version", client.version, b"1.6.18")
for name in (b"pid", b"uptime", b"curr_items", b"cmd_get", b"get_hits", b"limit_maxbytes",
             b"evictions", b"curr_connections", b"threads", b"bytes"):
    check(f"stats has {name.decode()}", lambda: name in client.stats())
check("stats settings", lambda: client.stats("settings"), lambda found: b"maxbytes" in found)
check("stats items", lambda: client.stats("items"), lambda found: len(found) > 3)
check("stats slabs", lambda: client.stats("slabs"), lambda found: b"active_slabs" in found)
check("stats conns", lambda: client.stats("conns"), lambda found: len(found) > 2)
check("verbosity", lambda: client.raw_command(b"verbosity 1", b"\r\n"), b"OK")
check("cache_memlimit", lambda: client.cache_memlimit(256))
check("an unknown command", lambda: client.raw_command(b"nope"),
      Raises(Exception))
check("meta get", lambda: client.raw_command(b"mg c v t f s", b"\r\n"), b"VA 1 t1000 f0 s1")
fresh = Client((host, port), serde=serde.pickle_serde, **options)
check("stores objects", lambda: fresh.set("o", {"a": [1, 2.5, "ü"]}))
check("reads objects", lambda: fresh.get("o"), {"a": [1, 2.5, "ü"]})
packed = Client((host, port), serde=serde.compressed_serde, **options)
check("stores compressed", lambda: packed.set("o", "word " * 10_000))
check("reads compressed", lambda: packed.get("o"), "word " * 10_000)
pool = PooledClient((host, port), max_pool_size=4, **options)
check("pooled", lambda: [pool.set("p", b"1"), pool.get("p")], [True, b"1"])
retrying = RetryingClient(client, attempts=2)
check("retrying", lambda: retrying.get("p"), b"1")
check("two servers on a ring", several_servers, 50)
check("quits", client.quit, None)
sys.exit(check.status())
