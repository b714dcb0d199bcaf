"""The locks of redis-py and of dogpile.cache by WATCH instead of scripts, as watch_lock.py does it:
locks_without_scripts.py HOST:PORT
"""
import asyncio
import sys

import redis
import redis.asyncio
from dogpile.cache import make_region
from redis.exceptions import LockNotOwnedError

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks, Raises
from libraries import watch_lock

host, port = checking.address()
SECONDS = 10
client = redis.Redis(host=host, port=port, decode_responses=True)
awaited = redis.asyncio.Redis(host=host, port=port)
check = Checks("redis-py, locks by WATCH", redis.__version__)
watch_lock.install()


def released():
    lock = client.lock("l", timeout=10)
    with lock:
        inside = lock.owned(), client.exists("l"), client.lock("l").acquire(blocking=False)
    return inside, client.exists("l")


def lost(action):
    lock = client.lock("lost", timeout=10)
    lock.acquire()
    client.set("lost", "somebody else's", px=100_000)
    action(lock)


def extended(replaces):
    lock = client.lock("e", timeout=10)
    lock.acquire()
    lock.extend(50, replace_ttl=replaces)
    left = client.ttl("e")
    lock.release()
    return left


def reacquired():
    lock = client.lock("r", timeout=10)
    lock.acquire()
    client.pexpire("r", 5_000)
    lock.reacquire()
    left = client.ttl("r")
    lock.release()
    return left


def exclusive():
    """Threads count in a way that loses counts unless one works at a time."""
    client.set("total", 0)

    def count():
        for _ in range(5):
            with client.lock("counting", timeout=10, sleep=0.002):
                client.set("total", int(client.get("total")) + 1)
    checking.together(10, count)
    return client.get("total")


async def awaited_exclusive():
    await awaited.set("total", 0)

    async def count():
        async with awaited.lock("counting", timeout=10, sleep=0.002) as lock:
            await lock.extend(5)
            await awaited.set("total", int(await awaited.get("total")) + 1)
            await lock.reacquire()
    await asyncio.wait_for(asyncio.gather(*[count() for _ in range(20)]), SECONDS)
    return await awaited.get("total")


async def awaited_lost():
    lock = awaited.lock("lost", timeout=10, blocking=False)
    await awaited.delete("lost")
    await lock.acquire()
    await awaited.set("lost", "somebody else's")
    await lock.release()


def dogpile():
    """Twenty threads want what is absent; one of them makes it, under a lock of the server."""
    region = make_region().configure("dogpile.cache.redis", expiration_time=60, arguments={
        "host": host, "port": port, "distributed_lock": True, "thread_local_lock": False,
        "lock_timeout": 2})
    made, found = [], []

    def want():
        found.append(region.get_or_create("herd", lambda: made.append(1) or "made"))
    checking.together(20, want)
    region.delete("herd")
    return found, len(made)


client.flushall()
check("taken, kept and released", released, ((True, 1, False), 0))
check("a lost lock is not released", lambda: lost(lambda lock: lock.release()),
      Raises(LockNotOwnedError))
check("the other's lock is still there", lambda: client.get("lost"), "somebody else's")
client.delete("lost")
check("a lost lock is not extended", lambda: lost(lambda lock: lock.extend(5)),
      Raises(LockNotOwnedError))
check("the other's time is as it was", lambda: client.ttl("lost"), lambda left: 90 < left <= 100)
check("extended", lambda: extended(False), lambda left: 55 <= left <= 60)
check("extended anew", lambda: extended(True), lambda left: 45 <= left <= 50)
check("reacquired", reacquired, lambda left: 6 <= left <= 10)
check("one of ten threads at a time", exclusive, "50")
check("one of twenty tasks at a time", awaited_exclusive, b"20")
check("a lost lock is not released, asyncio", awaited_lost, Raises(LockNotOwnedError))
check("dogpile.cache", dogpile, (["made"] * 20, 1))
check("closes", awaited.aclose, None)
sys.exit(check.status())
