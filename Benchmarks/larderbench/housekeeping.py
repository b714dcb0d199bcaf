"""The longest step of housekeeping, in CPU time of its thread, as the server counts it itself.

On a virtual machine that time has gaps that the host makes: a step of fixed work on cold memory
takes milliseconds now and then (docs/decisions/0016). They come at any time and only add. So each
phase is cut into windows of the same load, and runs several times: a window counts as its shortest
run, a phase as its longest window. A step that is long by itself is long in that window every time.
"""

import subprocess

from . import load
from .context import Context
from .processes import RunFailure
from .resp import RespClient
from .result import Result
from .servers import ROOT, Server

FIELD = "larder_housekeeping_max_us"
STEP_US_MAX = 1000
KEYS = 5_000_000
QUICK_KEYS = 1_000_000
LIFE_MS = 4000
"""Runs of a phase: at the least, and while one of its windows was never short enough."""
RUNS_MIN, RUNS_MAX = 2, 6
"""Pieces that a load of all keys is cut into."""
WINDOWS = 8
"""Does a fixed piece of work again and again, and prints its longest time."""
STALLS = ROOT / ".build" / "release" / "larder-hotpath"
STALLS_STEPS = 200_000


def settled(runs: list[list[int]]) -> int:
    """The longest window, each as its shortest run."""
    return max(min(window) for window in zip(*runs, strict=True))


def repeated(phase, limit: int = STEP_US_MAX) -> list[list[int]]:
    """Runs a phase until each of its windows was short enough once, or too often."""
    runs = []
    while len(runs) < RUNS_MIN or len(runs) < RUNS_MAX and settled(runs) > limit:
        runs.append(phase())
        if not any(runs[-1]):
            raise RunFailure("the server did no housekeeping: nothing was measured")
    return runs


class HousekeepingRow:
    id = "housekeeping"
    what = "longest housekeeping step"

    def run(self, context: Context) -> list[Result]:
        result = Result(self.id, self.what, unit="us", target=STEP_US_MAX)
        if not context.subject.speaks("resp"):
            result.skipped = f"{context.subject.name} does not speak resp"
            return [result]
        keys = QUICK_KEYS if context.quick else KEYS
        phases = {"insert, grow, FLUSHALL": self._grow, "expire": self._expire,
                  "evict": self._evict}
        try:
            runs = {name: repeated(lambda: phase(context, keys))
                    for name, phase in phases.items()}
        except KeyError:
            result.details = [f"INFO has no field {FIELD}"]
            return [result]
        result.value = max(settled(windows) for windows in runs.values())
        result.details = [self._detail(name, windows) for name, windows in runs.items()]
        result.details += self._stalls(context)
        return [result]

    @staticmethod
    def _detail(name: str, runs: list[list[int]]) -> str:
        longest = ", ".join(str(max(windows)) for windows in runs)
        return (f"{name}: {settled(runs)} us, each of {len(runs[0])} windows as its shortest run; "
                f"the longest of each run: {longest} us")

    @staticmethod
    def _stalls(context: Context) -> list[str]:
        """What the machine does to steps of which nothing is wrong."""
        if context.quick or not STALLS.exists():
            return []
        command = [str(STALLS), "stalls", str(STALLS_STEPS)]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [f"this machine, {output.strip()}"]

    def _grow(self, context: Context, keys: int) -> list[int]:
        with context.server(context.subject) as server:
            windows = self._filled(server, keys)
            with RespClient(server.resp) as client:
                client.ask("FLUSHALL")
            # What FLUSHALL leaves behind is swept while others work.
            return windows + self._filled(server, keys // 5, count=2)

    def _expire(self, context: Context, keys: int) -> list[int]:
        with context.server(context.subject) as server:
            windows = self._filled(server, keys, ttl=LIFE_MS)
            # The clock has to pass: this load is longer than the life of what came before it.
            for _ in range(4):
                load.generate(server, first_key=keys, keys=1000, requests=150_000)
                windows.append(self._longest(server))
            self._say_left(context, server, keys)
            return windows

    def _evict(self, context: Context, keys: int) -> list[int]:
        with context.server(context.subject, limit_mb=max(64, keys * 40 // 1_000_000)) as server:
            windows = self._filled(server, keys)
            self._say_left(context, server, keys)
            return windows

    def _filled(self, server: Server, keys: int, count: int = WINDOWS, **options) -> list[int]:
        """Stores each of the keys once, window by window."""
        windows = []
        for number in range(count):
            load.fill(server, keys // count, first_key=keys // count * number, **options)
            windows.append(self._longest(server))
        return windows

    @staticmethod
    def _say_left(context: Context, server: Server, keys: int) -> None:
        with RespClient(server.resp) as client:
            context.say(f"housekeeping: {client.ask('DBSIZE')} of {keys:,} keys are left")

    @staticmethod
    def _longest(server: Server) -> int:
        """The longest step of the window that ends here."""
        server.require_alive()
        with RespClient(server.resp) as client:
            longest = int(client.information("all")[FIELD])
            client.ask("CONFIG", "RESETSTAT")
        return longest
