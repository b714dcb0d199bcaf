"""redis-py or valkey-py under asyncio: async_redis.py HOST:PORT LIBRARY PROTOCOL PARSER

LIBRARY is redis or valkey, PARSER is python or native (hiredis, libvalkey).
"""
import asyncio
import importlib
import sys

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
from checking import Checks, Raises
from libraries import redis_commands
from libraries.redis_client import KEYS, connector, name, parser, protocol

library = importlib.import_module(f"{name}.asyncio")
connect = connector(library, "Async")
client, other, third = connect(), connect(db=1), connect()
version = importlib.import_module(name).__version__
check = Checks(f"{name}-py asyncio RESP{protocol} {parser}", version)


async def pipelined():
    async with client.pipeline(transaction=False) as pipe:
        for number in range(1_000):
            pipe.set(f"pipe{number}", number).get(f"pipe{number}")
        return (await pipe.execute())[1::2]


async def transaction():
    async with client.pipeline(transaction=True) as pipe:
        return await pipe.set("t", 1).incr("t").get("t").execute()


async def optimistic():
    """A transfer that WATCH guards; another client comes between once."""
    await client.set("balance", 100)
    interruptions = 1
    async with client.pipeline() as pipe:
        while True:
            try:
                await pipe.watch("balance")
                balance = int(await pipe.get("balance"))
                if interruptions:
                    interruptions -= 1
                    await third.set("balance", 70)
                pipe.multi()
                pipe.set("balance", balance - 20)
                await pipe.execute()
                return await client.get("balance")
            except library.WatchError:
                continue


async def conflict():
    async with client.pipeline() as pipe:
        await pipe.watch("balance")
        await third.incr("balance")
        pipe.multi()
        pipe.set("balance", 0)
        return await pipe.execute()


async def heard(subscriber, count):
    found = []
    while len(found) < count:
        message = await subscriber.get_message(ignore_subscribe_messages=True, timeout=5)
        if message:
            found.append((message["type"], message["channel"], message["data"]))
    return found


async def published():
    async with client.pubsub() as subscriber:
        await subscriber.subscribe("news")
        await subscriber.psubscribe("we*")
        confirmed = [(await subscriber.get_message(timeout=5))["data"] for _ in range(2)]
        counts = [await client.publish("news", "a"), await client.publish("weather", "b")]
        return confirmed, counts, await asyncio.wait_for(heard(subscriber, 2), 10)


async def listened():
    """One task listens, another speaks."""
    async with client.pubsub() as subscriber:
        await subscriber.subscribe("room")

        async def listen():
            async for message in subscriber.listen():
                if message["type"] == "message":
                    return message["data"]
                await client.publish("room", "hello")
        return await asyncio.wait_for(listen(), 10)


async def scanned():
    await client.flushdb()
    await client.mset({key: 1 for key in KEYS} | {"other": 1})
    return {key async for key in client.scan_iter(match="scan:*", count=50)}


async def many_tasks():
    """Fifty tasks share a pool; the counts must add up."""
    async def count():
        for _ in range(20):
            await client.incr("shared")
    await client.delete("shared")
    await asyncio.gather(*[count() for _ in range(50)])
    return await client.get("shared")


async def impatient():
    """A call that is given up leaves the connection usable."""
    await client.set("patience", "x" * 500_000)
    for _ in range(5):
        try:
            await asyncio.wait_for(client.get("patience"), 0.000_1)
        except asyncio.TimeoutError:
            pass
    return await client.strlen("patience"), await client.get("shared")


async def closed():
    for each in (client, other, third):
        await each.connection_pool.disconnect()


check("FLUSHALL", client.flushall)
redis_commands.strings(check, client, library)
redis_commands.counters(check, client, library)
redis_commands.keys(check, client, library)
redis_commands.bits(check, client, library)
check("pipelines 2,000 commands", pipelined, [b"%d" % number for number in range(1_000)])
check("a transaction", transaction, [True, 2, b"2"])
check("a transfer that is repeated after a conflict", optimistic, b"50")
check("a conflict", conflict, Raises(library.WatchError))
check("pub/sub", published, (
    [1, 2], [1, 1], [("message", b"news", b"a"), ("pmessage", b"weather", b"b")]))
check("pub/sub in a task", listened, b"hello")
check("SCAN of 1,000 among others", scanned, KEYS)
check("fifty tasks over one pool", many_tasks, b"1000")
check("calls that are given up", impatient, (500_000, b"1000"))
lock = client.lock("released", timeout=10)
check("a lock is taken", lambda: lock.acquire(blocking=False), True)
check("a lock is released", lock.release, None)
redis_commands.databases(check, client, other, library)
redis_commands.server(check, client.client(), library)
check("closes", closed, None)
sys.exit(check.status())
