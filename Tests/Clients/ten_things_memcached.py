#!/usr/bin/env python3
"""Ten usual things with pymemcache: ten_things_memcached.py HOST:PORT"""
import pathlib
import sys

from pymemcache.client.base import Client, PooledClient
from pymemcache.exceptions import MemcacheClientError, MemcacheIllegalInputError
from pymemcache.exceptions import MemcacheServerError

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import ten_things
from ten_things import equal, eventually

host, port = sys.argv[1].rsplit(":", 1)
client = Client((host, int(port)), timeout=10, connect_timeout=10, default_noreply=False)


def stores():
    "stores and reads text, bytes, nothing and half a megabyte"
    for value in (b"text", "ünïcode".encode(), b"", bytes(range(256)), b"a\r\nb", b"x" * 500_000):
        assert client.set("k", value)
        equal(client.get("k"), value)
    equal(client.get("nothing"), None)


def stores_many():
    "stores, reads and deletes many keys at once"
    values = {f"many{index}": b"%d" % index for index in range(100)}
    equal(client.set_many(values), [])
    equal(client.get_many([*values, "nothing"]), values)
    assert client.delete_many(values)
    equal(client.get_many(values), {})


def adds_and_replaces():
    "adds only when absent, replaces only when present"
    equal([client.add("a", b"1"), client.add("a", b"2")], [True, False])
    equal([client.replace("a", b"3"), client.replace("nothing", b"x")], [True, False])
    equal(client.get("a"), b"3")


def appends():
    "appends and prepends"
    client.set("middle", b"b")
    assert client.append("middle", b"c") and client.prepend("middle", b"a")
    equal(client.get("middle"), b"abc")
    equal(client.append("nothing", b"x"), False)


def compares_and_sets():
    "stores only what nobody changed meanwhile"
    client.set("c", b"1")
    value, token = client.gets("c")
    equal([value, client.cas("c", b"2", token), client.cas("c", b"3", token)], [b"1", True, False])
    equal([client.get("c"), client.cas("nothing", b"x", token)], [b"2", None])


def counts():
    "counts up and down, and not below zero"
    client.set("n", b"5")
    equal([client.incr("n", 7), client.decr("n", 2), client.decr("n", 100)], [12, 10, 0])
    equal(client.incr("nothing", 1), None)
    client.set("n", b"text")
    try:
        client.incr("n", 1)
        raise AssertionError("a text was counted")
    except MemcacheClientError as error:
        assert "cannot increment or decrement non-numeric value" in str(error), error


def expires():
    "expires, touches, gets and touches"
    client.set("mortal", b"x", expire=1)
    equal(client.get("mortal"), b"x")
    client.set("touched", b"x", expire=1)
    assert client.touch("touched", 1_000) and not client.touch("nothing", 1)
    reply = client.raw_command(b"gat 1000 touched nothing", b"END\r\n")
    equal(reply, b"VALUE touched 0 1\r\nx\r\n")
    assert eventually(lambda: client.get("mortal") is None)
    equal(client.get("touched"), b"x")
    client.set("dead", b"x", expire=-1)
    equal(client.get("dead"), None)


def deletes_silently():
    "takes writes without a reply and keeps their order"
    for index in range(500):
        client.set("silent", b"%d" % index, noreply=True)
    equal(client.get("silent"), b"499")
    client.delete("silent", noreply=True)
    equal([client.get("silent"), client.delete("silent")], [None, False])


def tells_about_itself():
    "tells its version and statistics, and refuses bad keys"
    assert client.version()
    statistics = client.stats()
    for name in (b"pid", b"uptime", b"curr_items", b"cmd_get", b"get_hits", b"limit_maxbytes"):
        assert name in statistics, name
    try:
        client.raw_command(b"get " + b"k" * 251)
        raise AssertionError("a key of 251 bytes was taken")
    except (MemcacheClientError, MemcacheServerError, MemcacheIllegalInputError):
        pass


def flushes():
    "forgets everything, over pooled connections too"
    pool = PooledClient((host, int(port)), max_pool_size=4, default_noreply=False)
    assert pool.set("p", b"1")
    equal(client.get("p"), b"1")
    assert client.flush_all()
    equal([client.get("p"), pool.get("p"), client.get("n")], [None, None, None])
    pool.close()


client.flush_all()
sys.exit(ten_things.run("pymemcache, ten things", [
    stores, stores_many, adds_and_replaces, appends, compares_and_sets, counts, expires,
    deletes_silently, tells_about_itself, flushes]))
