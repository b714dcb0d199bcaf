"""The origin dies under load and comes back: who notices?"""

import time
from dataclasses import dataclass
from itertools import count

from ..context import Context
from ..processes import RunFailure
from ..resp import RespClient
from ..result import Result
from ..servers import Server
from .origin import Origin
from .reader import Reader
from .setting import figures, larder

KEYS = 2_000
LIMIT = 16
"""So many that a pipeline which waits keeps no other from being sent."""
CONNECTIONS = 200
BATCH = 4
SECONDS = 0.02
"""How long a load may take before it counts as failed."""
TIMEOUT = 0.5
PAUSE = 0.005


class Probe:
    """Asks for a key that nobody has, again and again: each is a load if there may be one."""

    def __init__(self, server: Server):
        self._client = RespClient(server.resp)
        self._numbers = count()

    def close(self) -> None:
        self._client.__exit__()

    def ask(self) -> str:
        """`open`, another cause, or nothing if it was loaded."""
        reply = self._client.ask("GET", f"item:probe-{next(self._numbers)}")
        return reply.split()[2] if reply.startswith("-ORIGIN") else ""

    def await_value(self, seconds: float) -> float:
        """When a load succeeded."""
        last = time.monotonic() + seconds
        while time.monotonic() < last:
            if not self.ask():
                return time.monotonic()
            time.sleep(PAUSE)
        raise RunFailure(f"{seconds:.0f} s long no probe was answered by a value")


@dataclass(frozen=True)
class OutageRow:
    """Keys that were cached end while the origin is away, and are read all the time."""
    id: str
    what: str
    """Whether it is killed; else it hangs, and its connections stand."""
    is_killed: bool

    def run(self, context: Context) -> list[Result]:
        away = 15 if context.quick else 60
        options = {"ttl": "10s", "jitter": "10%", "stale-if-error": "1h", "timeout": "500ms"}
        with Origin(context.ports, seconds=SECONDS) as origin, larder(
                context, origin, {"limit": f"{LIMIT}", "timeout": f"{TIMEOUT * 1000:.0f}ms"},
                **options) as server:
            reader, probe = Reader(server.resp, KEYS, CONNECTIONS, BATCH), Probe(server)
            reader.fill()
            reader.start(rate=KEYS)
            probe.await_value(5)
            crowd_before = origin.books()["running_max"]
            before = figures(server)
            self._take_away(origin)
            failed_at, opened_at = self._await_open(server, before)
            time.sleep(away)
            during = figures(server)
            back_at = self._bring_back(origin)
            loaded_at = probe.await_value(60)
            closed_at = self._await_closed(server)
            time.sleep(7)
            crowd = max(crowd_before, origin.books()["running_max"])
            reader.finish()
            after = figures(server)
            reader.close()
            probe.close()
        context.say(f"{self.id}: {after}")
        return [
            Result(f"{self.id}-gets", f"{self.what}: failed GETs of keys that were cached",
                   sum(reader.wrong.values()), unit="GETs", target=0, details=[
                       f"{reader.good:,} GETs were answered; milliseconds of a pipeline of {BATCH}:"
                       + self._times(reader, "before", 0, failed_at)
                       + self._times(reader, "away", failed_at, back_at)
                       + self._times(reader, "and then", back_at, float("inf"))]
                   + [f"{number} by {line}" for line, number in reader.wrong.items()]),
            Result(f"{self.id}-opens", "from the first failure until the breaker opened",
                   1000 * (opened_at - failed_at), unit="ms", target=1000, details=[
                       f"while it was away the origin was asked for"
                       f" {during['asked']:,} keys, and not for {during['breaker_refused']:,}"]),
            Result(f"{self.id}-back", "from its return until a load succeeded",
                   1000 * (loaded_at - back_at), unit="ms", target=1000, details=[
                       f"the breaker was closed {1000 * (closed_at - back_at):.0f} ms after it"]),
            # One that hung meets all that was given up meanwhile when it goes on.
            *([Result(f"{self.id}-limit", f"loads at once, of a limit of {LIMIT}", crowd,
                      unit="loads", target=LIMIT)] if self.is_killed else []),
        ]

    def _times(self, reader: Reader, when: str, since: float, until: float) -> str:
        half, most, longest = (
            reader.percentile(share, since, until) for share in (0.5, 0.99, 1))
        return f" {when} 50 % {half:.1f}, 99 % {most:.1f}, at most {longest:.0f};"

    def _take_away(self, origin: Origin) -> None:
        origin.kill() if self.is_killed else origin.stop_short()

    def _bring_back(self, origin: Origin) -> float:
        origin.start() if self.is_killed else origin.go_on()
        return time.monotonic()

    def _await_open(self, server: Server, before: dict) -> tuple[float, float]:
        """When the first question failed, and when the breaker opened. Not by the answers that
        clients get: soon after, one of them may be let through to find out how the origin is."""
        last = time.monotonic() + 30
        failed_at = None
        while time.monotonic() < last:
            now, seen = time.monotonic(), figures(server)
            failures = [seen[name] - before[name] for name in ("failed", "retried", "timed_out")]
            if failed_at is None and any(failures):
                failed_at = now
            if seen["breaker_opened"] > before["breaker_opened"]:
                return failed_at or now, time.monotonic()
            time.sleep(PAUSE)
        raise RunFailure("the breaker did not open")

    def _await_closed(self, server: Server) -> float:
        last = time.monotonic() + 30
        while figures(server)["breaker"] != "closed":
            if time.monotonic() > last:
                raise RunFailure("the breaker did not close")
            time.sleep(PAUSE)
        return time.monotonic()


ROWS = [OutageRow("dead", "origin killed for 60 s", True),
        OutageRow("hung", "origin hangs for 60 s", False)]
