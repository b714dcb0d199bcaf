"""aiomcache, memcached under asyncio: aiomcache_client.py HOST:PORT"""
import asyncio
import importlib.metadata
import sys

import aiomcache

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks, Raises
from libraries.memcached_commands import Dialect, commands, expiry

host, port = checking.address()
client = aiomcache.Client(host, port, pool_size=4)
check = Checks("aiomcache", importlib.metadata.version("aiomcache"))


async def set_many(values):
    await asyncio.gather(*[client.set(key, value) for key, value in values.items()])
    return []


async def get_many(keys):
    found = await client.multi_get(*keys)
    return {key: value for key, value in zip(keys, found) if value is not None}


async def compare_and_set():
    await client.set(b"c", b"1")
    value, token = await client.gets(b"c")
    return [value, await client.cas(b"c", b"2", token), await client.cas(b"c", b"3", token),
            await client.get(b"c")]


async def many_tasks():
    await client.set(b"shared", b"0")
    await asyncio.gather(*[client.incr(b"shared", 1) for _ in range(500)])
    return await client.get(b"shared")


def stored_many(values):
    return check.wait(set_many(values))


dialect = Dialect(
    set=client.set, get=client.get, get_many=get_many, set_many=stored_many, delete=client.delete,
    add=client.add, replace=client.replace, append=client.append, prepend=client.prepend,
    increment=client.incr, decrement=client.decr, touch=client.touch, flush=client.flush_all)
check("flushes", client.flush_all, None)
commands(check, dialect)
expiry(check, dialect)
check("compares and sets", compare_and_set, [b"1", True, False, b"2"])
check("five hundred tasks count", many_tasks, b"500")
check("counts nothing that is absent", lambda: client.incr(b"nothing"),
      Raises(aiomcache.ClientException, "NOT_FOUND"))
check("counts no text", lambda: client.set(b"word", b"abc"))
check("and says so", lambda: client.incr(b"word"), Raises(aiomcache.ClientException, "non-numeric"))
check("a value above the limit", lambda: client.set(b"big", b"x" * 70_000_000),
      Raises(aiomcache.ClientException))
check("deletes nothing that is absent", lambda: client.delete(b"nothing"), False)
check("touches nothing that is absent", lambda: client.touch(b"nothing", 1), False)
check("gets with a default", lambda: client.get(b"nothing", b"default"), b"default")
check("version", client.version, b"1.6.18")
check("statistics", client.stats, lambda found: b"curr_items" in found)
check("statistics of settings", lambda: client.stats(b"settings"),
      lambda found: b"maxbytes" in found)
check("closes", client.close, None)
sys.exit(check.status())
