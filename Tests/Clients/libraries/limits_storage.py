"""limits, which Flask-Limiter and slowapi use, on memcached: limits_storage.py TEXT

On redis all that it does is a script.
"""
import importlib.metadata
import sys

import limits
from limits import strategies
from limits.storage import MemcachedStorage

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks

host, port = checking.address()
storage = MemcachedStorage(f"memcached://{host}:{port}")
check = Checks("limits, memcached", importlib.metadata.version("limits"))
HOURLY = limits.parse("5/hour")


def hits(strategy, *names):
    """Which of seven requests are let in, and how many more would be."""
    limiter = strategy(storage)
    found = [limiter.hit(HOURLY, *names) for _ in range(7)]
    return found, limiter.get_window_stats(HOURLY, *names).remaining, limiter.test(HOURLY, *names)


def cleared(strategy, *names):
    limiter = strategy(storage)
    limiter.clear(HOURLY, *names)
    return limiter.hit(HOURLY, *names)


def crowd(strategy, *names):
    """Fifty requests at once: no more are let in than may."""
    limiter, let = strategy(storage), []
    checking.together(50, lambda: let.append(limiter.hit(HOURLY, *names)))
    return len(let), sum(let)


check("is there", storage.check, True)
for strategy in (strategies.FixedWindowRateLimiter, strategies.SlidingWindowCounterRateLimiter):
    name = strategy.__name__.removesuffix("RateLimiter")
    check(f"{name}: five of seven", lambda: hits(strategy, name, "user"),
          ([True] * 5 + [False] * 2, 0, False))
    check(f"{name}: another's are apart",
          lambda: strategy(storage).hit(HOURLY, name, "other"), True)
    check(f"{name}: cleared", lambda: cleared(strategy, name, "user"), True)
    check(f"{name}: a second's limit ends", lambda: check.eventually(
        lambda: strategy(storage).hit(limits.parse("1/second"), name, "second"), True))
check("fifty at once", lambda: crowd(strategies.FixedWindowRateLimiter, "crowd"), (50, 5))
check("counts", lambda: [storage.incr("n", 60) for _ in range(3)], [1, 2, 3])
check("reads the count", lambda: storage.get("n"), 3)
check("forgets", lambda: (storage.clear("n"), storage.get("n"))[1], 0)
sys.exit(check.status())
