"""aiocache: aiocache_app.py RESP TEXT BACKEND, where BACKEND is redis or memcached."""
import asyncio
import importlib.metadata
import sys

from aiocache import RedisCache, MemcachedCache, cached, multi_cached
from aiocache.base import API
from aiocache.lock import OptimisticLock, OptimisticLockError, RedLock
from aiocache.serializers import JsonSerializer, PickleSerializer, StringSerializer

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks, Raises

(host, resp), (_, text), backend = checking.address(1), checking.address(2), sys.argv[3]
IS_REDIS = backend == "redis"


def make(serializer, namespace="main"):
    kind, port = (RedisCache, resp) if IS_REDIS else (MemcachedCache, text)
    return kind(endpoint=host, port=port, serializer=serializer, namespace=namespace, timeout=10)


version = importlib.metadata.version("aiocache")
check = Checks(f"aiocache, {backend}", version)
cache, texts = make(PickleSerializer()), make(StringSerializer(), "texts")
calls = []


def decorated():
    options = {"endpoint": host, "port": resp if IS_REDIS else text, "namespace": "deco"}
    return cached(cache=RedisCache if IS_REDIS else MemcachedCache, ttl=60,
                  serializer=PickleSerializer(), **options)


@decorated()
async def expensive(number):
    calls.append(number)
    return {"number": number}


async def memoized():
    found = [await expensive(1), await expensive(1), await expensive(2)]
    return found, calls


async def under_red_lock():
    """Of many callers one works, the others wait and find the result."""
    worked = []

    async def caller():
        async with RedLock(cache, "work", lease=2):
            if await cache.get("work") is None:
                worked.append(1)
                await cache.set("work", "done")
    await asyncio.gather(*[caller() for _ in range(5)])
    return len(worked)


async def optimistic():
    await texts.set("o", "old")
    async with OptimisticLock(texts, "o") as lock:
        await lock.cas("new")
    return await texts.get("o")


async def conflict():
    async with OptimisticLock(texts, "o") as lock:
        await texts.set("o", "between")
        await lock.cas("mine")


async def many_tasks():
    plain = make(StringSerializer(), "plain")
    await plain.set("shared", 0)
    await asyncio.gather(*[plain.increment("shared") for _ in range(100)])
    found = await plain.get("shared")
    await plain.close()
    return found


def usual():
    check("stores", lambda: cache.set("k", {"a": [1, "ü"]}))
    check("reads", lambda: cache.get("k"), {"a": [1, "ü"]})
    check("misses with a default", lambda: cache.get("nothing", default="d"), "d")
    check("adds what is absent", lambda: cache.add("a", 1), True)
    check("does not add what is there", lambda: cache.add("a", 2), Raises(ValueError, "exists"))
    check("exists", lambda: cache.exists("a"), True)
    check("does not exist", lambda: cache.exists("nothing"), False)
    check("stores many", lambda: cache.multi_set([("m1", 1), ("m2", "b")], ttl=100), True)
    check("reads many", lambda: cache.multi_get(["m1", "nothing", "m2"]), [1, None, "b"])
    check("deletes", lambda: cache.delete("a"), 1)
    check("deletes nothing", lambda: cache.delete("a"), 0)
    check("counts up", lambda: make(StringSerializer(), "n").increment("n", 5), 5)
    check("expires later", lambda: cache.expire("m1", 100), lambda reply: reply)
    check("expires nothing", lambda: cache.expire("nothing", 100), lambda reply: not reply)
    check("stores for a second", lambda: cache.set("mortal", 1, ttl=1), True)
    check("it expires", lambda: check.eventually(lambda: cache.exists("mortal"), False))
    json = make(JsonSerializer(), "json")
    check("stores JSON", lambda: json.set("k", {"a": [1, 2.5]}), True)
    check("reads JSON", lambda: json.get("k"), {"a": [1, 2.5]})
    check("closes", json.close, lambda _: True)


def more():
    check("memoizes", memoized, (
        [{"number": 1}, {"number": 1}, {"number": 2}], [1, 2]))
    check("counts of 100 tasks", many_tasks, "100")
    check("a lock of many callers", under_red_lock, 1)
    check("compares and sets", optimistic, "new")
    check("a conflict", conflict, Raises(OptimisticLockError))
    check("clears a namespace" if IS_REDIS else "clears",
          lambda: cache.clear(namespace="main") if IS_REDIS else cache.clear(), True)
    check("it is empty", lambda: cache.exists("k"), False)
    check("closes at the end", cache.close, lambda _: True)


check("clears first", cache.clear, True)
usual()
more()
sys.exit(check.status())
