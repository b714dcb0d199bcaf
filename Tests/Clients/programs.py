"""The programs that are run, in the order of the table."""
import dataclasses
import pathlib

import environment

HERE = pathlib.Path(__file__).resolve().parent
# What stands in the words of a program for the server's two addresses.
RESP, TEXT = "{resp}", "{text}"


@dataclasses.dataclass(frozen=True)
class Program:
    """A script, its arguments, and what the table says that it does."""
    script: str
    arguments: tuple
    about: str
    is_older: bool = False
    # The two servers of a stand-in do not know each other's keys.
    needs_both: bool = False

    def command(self, python, resp, text):
        script = HERE / self.script
        first = "bash" if script.suffix == ".sh" else str(python)
        values = {RESP: resp, TEXT: text}
        return [first, str(script), *[values.get(word, word) for word in self.arguments]]

    def variables(self):
        """What the script's environment has beyond that of the run."""
        added = {"PYTHONDONTWRITEBYTECODE": "1"}
        return added | ({"PYTHONPATH": str(environment.OLDER)} if self.is_older else {})


COMMANDS = "strings, counters, keys, bits, databases, INFO and its like"
PUBLISHED = COMMANDS + "; pipelines, transactions, WATCH, pub/sub, events, locks, threads"
AWAITED = COMMANDS + "; pipelines, transactions, WATCH, pub/sub, locks, tasks, given up calls"
MEMCACHED = "all commands it has, sizes up to 900 kB, expiry, compression, CAS"
DJANGO = "the cache's methods, sessions, cached pages, fragments, asynchronous calls"


def redis_programs():
    for protocol in ("2", "3"):
        for parser in ("python", "native"):
            for script, about in (("sync_redis.py", PUBLISHED), ("async_redis.py", AWAITED)):
                yield Program(f"libraries/{script}", (RESP, "redis", protocol, parser), about)
    yield Program("libraries/sync_redis.py", (RESP, "redis", "2", "python"), PUBLISHED, True)
    yield Program("libraries/sync_redis.py", (RESP, "valkey", "2", "python"), PUBLISHED)
    yield Program("libraries/sync_redis.py", (RESP, "valkey", "3", "native"), PUBLISHED)
    yield Program("libraries/async_redis.py", (RESP, "valkey", "3", "native"), AWAITED)


def programs():
    yield from redis_programs()
    yield Program("ten_things_redis.py", (RESP, "3"), "ten usual things in a row")
    yield Program("libraries/locks_without_scripts.py", (RESP,),
                  "locks of redis-py and dogpile.cache, released and extended without scripts")
    yield Program("libraries/pymemcache_client.py", (TEXT,), MEMCACHED + ", pools, rings, stats")
    yield Program("ten_things_memcached.py", (TEXT,), "ten usual things in a row")
    yield Program("libraries/pylibmc_client.py", (TEXT,), MEMCACHED + ", pools, rings, behaviours")
    yield Program("libraries/python_memcached_client.py", (TEXT,), MEMCACHED + ", prefixes")
    yield Program("libraries/aiomcache_client.py", (TEXT,), MEMCACHED + ", tasks")
    for backend in ("redis", "django-redis", "pymemcache", "pylibmc"):
        yield Program("libraries/django_caches.py", (RESP, TEXT, backend), DJANGO)
    for backend in ("redis", "memcached"):
        yield Program("libraries/flask_caching_app.py", (RESP, TEXT, backend),
                      "cached pages, memoized functions, cachelib, sessions")
    for backend in ("redis", "memcached"):
        yield Program("libraries/aiocache_app.py", (RESP, TEXT, backend),
                      "the cache's methods, decorators, RedLock, OptimisticLock")
    for backend in ("redis", "pymemcache", "pylibmc", "memcached"):
        yield Program("libraries/dogpile_regions.py", (RESP, TEXT, backend),
                      "regions, decorators, twenty threads under both kinds of lock")
    yield Program("libraries/cashews_cache.py", (RESP,),
                  "the cache's methods, decorators, tags, bits, a lock, a limit")
    yield Program("libraries/limits_storage.py", (TEXT,), "two strategies, fifty threads at once")
    yield Program("ten_things_cli.sh", (RESP,), "ten usual things in a row")
    yield Program("tools/redis_cli.py", (RESP,), "every mode that makes sense with strings")
    yield Program("tools/redis_benchmark.py", (RESP,), "the tests of strings, -P, --threads, RESP3")
    yield Program("tools/memccapable.py", (TEXT,), "its ASCII tests")
    yield Program("tools/libmemcached_tools.py", (TEXT,),
                  "memccp memccat memcexist memctouch memcrm memcdump memcstat memcping memcslap …")
    yield Program("readme_lines.py", (RESP, TEXT), "the lines of README", needs_both=True)


ALL = list(programs())
