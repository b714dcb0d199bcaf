"""python-memcached: python_memcached_client.py HOST:PORT"""
import importlib.metadata
import sys

import memcache

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks
from libraries.memcached_commands import Dialect, commands, expiry

host, port = checking.address()
client = memcache.Client([f"{host}:{port}"], socket_timeout=10, cache_cas=True)
check = Checks("python-memcached", importlib.metadata.version("python-memcached"))


def compare_and_set():
    client.reset_cas()
    client.set("c", "1")
    first = client.gets("c")
    stored = client.cas("c", "2")
    client.set("c", "3")
    return [first, stored, client.cas("c", "4"), client.get("c")]


# It answers 1 and 0 for a delete, and not True and False; both are compared as such here.
dialect = Dialect(
    set=client.set, get=client.get, get_many=client.get_multi, set_many=client.set_multi,
    delete=lambda key: bool(client.delete(key)), add=client.add, replace=client.replace,
    append=client.append, prepend=client.prepend, increment=client.incr, decrement=client.decr,
    touch=lambda key, time: bool(client.touch(key, time)), flush=client.flush_all)

client.flush_all()
commands(check, dialect)
expiry(check, dialect)
for value in ("ünïcode", 17, 2**40, None, {"a": [1, 2.5]}):
    check(f"stores {value!r}", lambda: client.set("v", value), True)
    check(f"reads {value!r}", lambda: client.get("v", "missing"), value)
check("compares and sets", compare_and_set, lambda found: found[:2] == ["1", True])
check("stores many with a prefix", lambda: client.set_multi({"a": "1", "b": "2"}, key_prefix="p_"),
      [])
check("reads many with a prefix", lambda: client.get_multi(["a", "b", "c"], key_prefix="p_"),
      {"a": "1", "b": "2"})
check("deletes many", lambda: client.delete_multi(["a", "b"], key_prefix="p_"), 1)
check("they are gone", lambda: client.get_multi(["a", "b"], key_prefix="p_"), {})
check("compressed", lambda: client.set("z", "word " * 10_000, min_compress_len=100))
check("reads compressed", lambda: client.get("z"), "word " * 10_000)
check("statistics", client.get_stats, lambda found: "curr_items" in found[0][1])
check("statistics of settings", lambda: client.get_stats("settings"),
      lambda found: "maxbytes" in found[0][1])
check("counts nothing that is absent", lambda: client.incr("nothing"), None)
sys.exit(check.status())
