"""cashews under asyncio: cashews_cache.py RESP"""
import asyncio
import importlib.metadata
import sys

from cashews import Cache

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks

host, port = checking.address()
cache = Cache()
cache.setup(f"redis://{host}:{port}/4", client_side=False, suppress=False)
check = Checks("cashews", importlib.metadata.version("cashews"))
calls = []


@cache(ttl="1m", key="user:{number}")
async def user(number):
    calls.append(number)
    return {"number": number}


@cache.early(ttl="1m", early_ttl="30s", key="early:{number}")
async def early(number):
    calls.append(number)
    return number


@cache(ttl="1m", key="tagged:{number}", tags=["all"])
async def tagged(number):
    calls.append(number)
    return number


@cache.failover(ttl="1m", exceptions=ConnectionError, key="failover")
async def fragile(fails):
    if fails:
        raise ConnectionError("down")
    return "good"


@cache.rate_limit(limit=3, period="1m", key="rate:{name}")
async def limited(name):
    return name


async def called(function, *numbers):
    calls.clear()
    return [await function(number) for number in numbers], list(calls)


async def many():
    await cache.set_many({"m1": 1, "m2": "b"}, expire="1m")
    return await cache.get_many("m1", "nothing", "m2")


async def keys():
    return sorted([key async for key in cache.scan("user:*")])


async def failed_over():
    return [await fragile(False), await fragile(True)]


async def locked():
    async with cache.lock("work", expire="5s"):
        return await cache.is_locked("work")


async def conditional():
    return [await cache.set("c", 1, exist=False), await cache.set("c", 2, exist=False),
            await cache.set("c", 3, exist=True), await cache.get("c")]


check("answers", cache.ping, lambda reply: reply)
check("clears", cache.clear, lambda _: True)
check("stores", lambda: cache.set("k", {"a": [1, "ü"]}, expire="1m"), True)
check("reads", lambda: cache.get("k"), {"a": [1, "ü"]})
check("misses with a default", lambda: cache.get("nothing", default=7), 7)
check("tells the time left", lambda: cache.get_expire("k"), lambda left: 55 < left <= 60)
check("expires later", lambda: cache.expire("k", 1_000), lambda _: True)
check("exists", lambda: cache.exists("k"), True)
check("stores on conditions", conditional, [True, False, True, 3])
check("stores and reads many", many, (1, None, "b"))
check("deletes", lambda: cache.delete("k"), lambda reply: reply)
check("it is gone", lambda: cache.exists("k"), False)
check("deletes many", lambda: cache.delete_many("m1", "m2"), lambda _: True)
check("memoizes", lambda: called(user, 1, 1, 2), (
    [{"number": 1}, {"number": 1}, {"number": 2}], [1, 2]))
check("scans", keys, ["user:1", "user:2"])
check("deletes what matches", lambda: cache.delete_match("user:*"), lambda _: True)
check("memoizes anew", lambda: called(user, 1), (
    [{"number": 1}], [1]))
check("recalculates early", lambda: called(early, 1, 1), ([1, 1], [1]))
check("falls back on the last good value", failed_over, ["good", "good"])
check("bits", lambda: cache.incr_bits("bits", 0, 1, size=8, by=3),
      lambda reply: list(reply) == [3, 3])
check("counts", lambda: cache.incr("n"), 1)
check("tags", lambda: called(tagged, 1, 1), ([1, 1], [1]))
check("a lock", locked, True)
check("limits", lambda: asyncio.wait_for(limited("me"), 5), "me")
check("closes", cache.close, None)
sys.exit(check.status())
