"""dogpile.cache with its locks: dogpile_regions.py RESP TEXT BACKEND

BACKEND is redis, pymemcache, pylibmc or memcached (python-memcached).
"""
import importlib.metadata
import sys
import threading

from dogpile.cache import make_region
from dogpile.cache.api import NO_VALUE

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks

(host, resp), (_, text), backend = checking.address(1), checking.address(2), sys.argv[3]
IS_REDIS = backend == "redis"
HERD_SECONDS = 5
check = Checks(f"dogpile.cache, {backend}", importlib.metadata.version("dogpile.cache"))


def region(**options):
    arguments = {"host": host, "port": resp, "redis_expiration_time": 120} if IS_REDIS else {
        "url": f"{host}:{text}", "memcached_expire_time": 120}
    return make_region(key_mangler=lambda key: f"{backend}_{key}").configure(
        f"dogpile.cache.{backend}", expiration_time=60, arguments=arguments | options)


plain = region()


def created():
    calls = []
    found = [plain.get_or_create("created", lambda: calls.append(1) or "value") for _ in range(3)]
    return found, len(calls)


def decorated():
    calls = []

    @plain.cache_on_arguments()
    def doubled(number):
        calls.append(number)
        return number * 2
    found = [doubled(2), doubled(2), doubled(3)]
    doubled.invalidate(2)
    found += [doubled(2)]
    doubled.set(100, 3)
    return found + [doubled(3)], calls


def many():
    calls = []

    @plain.cache_multi_on_arguments()
    def squared(*numbers):
        calls.append(numbers)
        return [number * number for number in numbers]
    return squared(1, 2, 3), squared(2, 3, 4), calls


def herd(target):
    """Twenty threads want what is absent; one of them makes it. Nobody waits for ever."""
    made, found = [], []
    gate = threading.Barrier(20)

    def want():
        gate.wait()
        found.append(target.get_or_create("herd", lambda: made.append(1) or "made"))
    checking.together(20, want, HERD_SECONDS)
    target.delete("herd")
    return found, len(made)


def exclusive(target):
    """A lock of the backend keeps a second one out, until it is released."""
    first, second = (target.backend.get_mutex(f"{backend}_exclusive") for _ in range(2))
    taken = [bool(first.acquire(False)), bool(second.acquire(False))]
    first.release()
    taken.append(bool(second.acquire(False)))
    second.release()
    return taken


def invalidated():
    plain.set("soon", 1)
    before = plain.get("soon")
    plain.invalidate()
    return before, plain.get("soon")


for value in ("ünïcode", b"bytes", 17, None, {"a": [1, ("b",)]}, "x" * 300_000):
    check(f"stores {str(value)[:20]}", lambda: plain.set("v", value), None)
    check(f"reads {str(value)[:20]}", lambda: plain.get("v"), value)
check("misses", lambda: plain.get("nothing"), NO_VALUE)
check("stores many", lambda: plain.set_multi({"m1": 1, "m2": 2}), None)
check("reads many", lambda: plain.get_multi(["m1", "nothing", "m2"]), [1, NO_VALUE, 2])
check("deletes", lambda: (plain.delete("m1"), plain.get("m1"))[1], NO_VALUE)
check("deletes many", lambda: (plain.delete_multi(["m2", "v"]), plain.get_multi(["m2", "v"]))[1],
      [NO_VALUE, NO_VALUE])
check("creates once", created, (["value"] * 3, 1))
check("decorates", decorated, ([4, 4, 6, 4, 100], [2, 3, 2]))
check("decorates for many", many, ([1, 4, 9], [4, 9, 16], [(1, 2, 3), (4,)]))
check("twenty threads, one creates", lambda: herd(plain), (["made"] * 20, 1))
options = {"thread_local_lock": False} if IS_REDIS else {}
locking = region(distributed_lock=True, lock_timeout=3, **options)
check("the same under a lock of the server", lambda: herd(locking), (["made"] * 20, 1))
check("the lock excludes", lambda: exclusive(locking), [True, False, True])
check("invalidates", invalidated, (1, NO_VALUE))
sys.exit(check.status())
