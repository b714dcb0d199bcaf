"""Hot keys that end together, under load: is each loaded once, and does nobody wait?"""

import time
from dataclasses import dataclass

from ..context import Context
from ..processes import RunFailure
from ..resp import RespClient
from ..result import Result
from .origin import Origin
from .reader import Reader
from .setting import figures, larder

"""What a load takes, so that 64 at once are 3,200 a second."""
SECONDS = 0.02


@dataclass(frozen=True)
class ExpiryRow:
    """The keys are filled at once and read once a second each, until the last has ended.

    Their ends lie within the jitter; each is to be loaded in the last tenth of its time.
    """
    id: str = "expiry"
    what: str = "10,000 hot keys end together"

    def run(self, context: Context) -> list[Result]:
        keys, ttl = (2_000, 20) if context.quick else (10_000, 60)
        options = {"ttl": f"{ttl}s", "jitter": "10%", "refresh-at": "90%", "early-refresh": "1"}
        return measure(self, context, keys, options, lambda server: None, ttl + 2)


@dataclass(frozen=True)
class BanRow:
    """A soft ban lets all of them grow stale in one moment; they are served while they load."""
    id: str = "ban"
    what: str = "10,000 hot keys grow stale in one moment"

    def run(self, context: Context) -> list[Result]:
        keys = 2_000 if context.quick else 10_000
        return measure(self, context, keys, {"stale": "1m"}, ban_all, 10)


def ban_all(server) -> None:
    time.sleep(1)
    with RespClient(server.resp) as client:
        reply = client.ask("LARDER", "BAN", "PREFIX", "item:*", "SOFT")
    if reply.startswith("-"):
        raise RunFailure(f"the ban was refused: {reply}")


def measure(row, context: Context, keys: int, options: dict, change, seconds: float):
    """Fills, reads, `change`s something, and reads on for `seconds`."""
    with Origin(context.ports, seconds=SECONDS) as origin, \
            larder(context, origin, **options) as server:
        reader = Reader(server.resp, keys)
        began = time.monotonic()
        reader.fill()
        filling = time.monotonic() - began
        before, filled = figures(server), origin.books()
        reader.start(rate=keys)
        change(server)
        time.sleep(seconds)
        reader.finish()
        reader.close()
        after, books = figures(server), origin.books()
    if filled["loads"] != keys:
        raise RunFailure(f"{filled['loads']} loads filled {keys} keys")
    if books["most"] > 2 or books["repeated"] != keys:
        context.say(f"{row.id}: {books['repeated']} of {keys} keys were loaded again")
    times = ", ".join(f"{share:.2%} {reader.percentile(share):.1f}"
                      for share in (0.5, 0.99, 0.9999, 1))
    failed = None
    if reader.wrong:
        failed = f"wrong replies: {reader.wrong}"
    elif books["loads"] < 2 * keys:
        failed = f"{2 * keys - books['loads']} keys were not loaded again"
    return [
        Result(f"{row.id}-loads", f"{row.what}: loads beyond one each",
               books["loads"] - 2 * keys, unit="loads", target=0, failure=failed, details=[
                   f"filled within {filling:.1f} s, read {reader.good:,} times; the origin had at"
                   f" most {books['running_max']} loads at once"]),
        Result(f"{row.id}-waits", "GETs of them that waited for a load",
               after["waited"] - before["waited"], unit="GETs", target=0, details=[
                   f"milliseconds of a pipeline of 25, over all: {times}"]),
    ]


ROWS = [ExpiryRow(), BanRow()]
