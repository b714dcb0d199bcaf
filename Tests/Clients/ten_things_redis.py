#!/usr/bin/env python3
"""Ten usual things with redis-py: ten_things_redis.py HOST:PORT PROTOCOL"""
import pathlib
import sys

import redis

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import ten_things
from ten_things import equal, eventually

host, port = sys.argv[1].rsplit(":", 1)
protocol = int(sys.argv[2]) if len(sys.argv) > 2 else 2
client = redis.Redis(host=host, port=int(port), protocol=protocol, socket_timeout=10)


def rejected(call, text):
    try:
        call()
    except redis.ResponseError as error:
        assert text in str(error), error
        return
    raise AssertionError(f"no error, though {text!r} was due")


def greets():
    "says hello, echoes, answers on another database"
    assert client.ping()
    equal(client.echo("hé"), "hé".encode())
    other = redis.Redis(host=host, port=int(port), db=1, protocol=protocol)
    client.set("only0", "x")
    equal(other.get("only0"), None)
    assert "redis_version" in client.info()


def stores():
    "stores and reads text, bytes, nothing and a megabyte"
    for value in ("text", "ünïcode", "", "x" * 1_000_000):
        assert client.set("k", value)
        equal(client.get("k"), value.encode())
    assert client.set("k", bytes(range(256)))
    equal(client.get("k"), bytes(range(256)))
    equal(client.get("no such key"), None)


def sets_with_options():
    "sets only when absent, only when present, returns the old value, keeps the time to live"
    equal(client.set("option", "1", nx=True), True)
    equal(client.set("option", "2", nx=True), None)
    equal(client.set("option", "3", xx=True, ex=100), True)
    equal(client.set("option", "4", get=True, keepttl=True), b"3")
    assert 90 < client.ttl("option") <= 100
    equal(client.set("option2", "1", xx=True), None)
    rejected(lambda: client.execute_command("SET", "a", "b", "NX", "XX"), "syntax error")


def expires():
    "expires, tells what is left, persists"
    client.set("mortal", "x", px=60)
    assert eventually(lambda: client.get("mortal") is None)
    client.set("mortal", "x")
    equal(client.ttl("mortal"), -1)
    assert client.expire("mortal", 100) and client.pttl("mortal") > 90_000
    assert client.persist("mortal")
    equal(client.ttl("mortal"), -1)
    assert client.pexpire("mortal", 30)
    assert eventually(lambda: not client.exists("mortal"))
    equal(client.ttl("mortal"), -2)


def counts():
    "counts up and down, appends, measures"
    equal([client.incr("n"), client.incrby("n", 9), client.decr("n"), client.decrby("n", 4)],
          [1, 10, 9, 5])
    equal([client.append("s", "abc"), client.append("s", "de"), client.strlen("s")], [3, 5, 5])
    rejected(lambda: client.incr("s"), "value is not an integer or out of range")


def stores_many():
    "stores and reads many keys at once"
    assert client.mset({f"many{index}": index for index in range(100)})
    values = client.mget([f"many{index}" for index in range(101)])
    equal(values, [b"%d" % index for index in range(100)] + [None])
    assert not client.msetnx({"many5": "x", "fresh": "y"})
    equal(client.exists("fresh"), 0)
    assert client.msetnx({"fresh": "y", "fresher": "z"})


def deletes():
    "deletes, counts what is there, tells the type"
    client.mset({"a": 1, "b": 2, "c": 3})
    equal(client.exists("a", "b", "a", "nothing"), 3)
    equal(client.type("a"), b"string")
    equal([client.delete("a", "nothing"), client.unlink("b", "c")], [1, 2])
    equal(client.type("a"), b"none")


def pipelines():
    "pipelines 2,000 commands and gets the replies in order"
    pipe = client.pipeline(transaction=False)
    for index in range(1_000):
        pipe.set(f"pipe{index}", index)
        pipe.get(f"pipe{index}")
    replies = pipe.execute()
    equal(replies[1::2], [b"%d" % index for index in range(1_000)])


def scans():
    "scans all keys and those that match, counts them, empties the database"
    client.flushdb()
    client.mset({f"scan:{index}": index for index in range(1_000)} | {"other": 1})
    equal(client.dbsize(), 1_001)
    found = set(client.scan_iter(match="scan:*", count=50))
    equal(found, {b"scan:%d" % index for index in range(1_000)})
    assert client.flushall()
    equal([client.dbsize(), list(client.scan_iter())], [0, []])


def renames():
    "renames, copies, names its connection, asks for configuration"
    client.set("old", "v", ex=100)
    assert client.rename("old", "new") and client.ttl("new") > 90
    equal([client.get("old"), client.get("new")], [None, b"v"])
    assert client.copy("new", "copy") and not client.copy("new", "copy")
    equal(client.get("copy"), b"v")
    rejected(lambda: client.rename("nothing", "x"), "no such key")
    single = client.client()
    assert single.client_setname("tester")
    assert single.client_getname() in ("tester", b"tester")
    assert any(entry["name"] == "tester" for entry in single.client_list())
    assert "maxmemory" in client.config_get("maxmemory")


client.flushall()
sys.exit(ten_things.run(f"redis-py RESP{protocol}, ten things", [
    greets, stores, sets_with_options, expires, counts, stores_many, deletes, pipelines, scans,
    renames]))
