"""A cold cache before an origin that collapses under too many loads at once."""

import random
from dataclasses import dataclass
from itertools import accumulate

from ..context import Context
from ..result import Result
from .crowd import command, resp_end
from .flood import Flood, Outcome, Speech
from .origin import Origin
from .reader import BYTES, name, right_reply
from .service import value
from .setting import figures, larder

"""Loads at once above which the origin collapses; Larder's default limit is the same."""
KNEE = 64
SECONDS = 0.1
"""Loads a second that it bears."""
CAPACITY = KNEE / SECONDS
"""Times as many are offered."""
OVERLOAD = 10
KEYS = 20_000
CONNECTIONS = 4_000
PATIENCE = 1.0
"""A GET that took less was no load: one takes five times as long."""
HIT_SECONDS = SECONDS / 5


def http_end(data: bytes) -> int:
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return -1
    length = int(data[:head].rsplit(b"Content-Length: ", 1)[1].split(b"\r\n")[0])
    return head + 4 + length if head + 4 + length <= len(data) else -1


BY_LARDER = Speech(lambda key: command("GET", f"item:{key}"), resp_end,
                   lambda reply, key: reply == right_reply(int(key)))
BY_HTTP = Speech(lambda key: b"GET /load/%s HTTP/1.1\r\nHost: x\r\n\r\n" % key.encode(), http_end,
                 lambda reply, key: reply.endswith(b"\r\n\r\n" + value(key, BYTES)))


def popular(count: int, seed: int = 1) -> list[str]:
    """Keys as services ask for them: the n-th is wanted 1/n as often as the first."""
    weights = list(accumulate(1 / rank for rank in range(1, KEYS + 1)))
    numbers = random.Random(seed).choices(range(KEYS), cum_weights=weights, k=count)
    return [name(number) for number in numbers]


def is_hit(outcome: Outcome) -> bool:
    return outcome.is_good and outcome.seconds < HIT_SECONDS


def share_by_second(outcomes: list[Outcome], test) -> list[float]:
    """Of all that was offered in each second."""
    start = outcomes[0].sent
    seconds: list[list[bool]] = []
    for outcome in outcomes:
        while len(seconds) <= outcome.sent - start:
            seconds.append([])
        seconds[-1].append(test(outcome))
    return [sum(tests) / len(tests) for tests in seconds if tests]


def warm_after(ratios: list[float]) -> tuple[float, int]:
    """The steady ratio, of the last five seconds, and the second in which 90 % of it was had."""
    steady = sum(ratios[-5:]) / 5
    return steady, next(n for n, ratio in enumerate(ratios, 1) if ratio >= 0.9 * steady)


@dataclass(frozen=True)
class CollapseRow:
    id: str = "cold"
    what: str = f"cold cache, {OVERLOAD} times the load that the origin bears"

    def run(self, context: Context) -> list[Result]:
        seconds = 12 if context.quick else 40
        rate = OVERLOAD * CAPACITY
        keys = popular(int(seconds * rate))
        with Origin(context.ports, seconds=SECONDS, knee=KNEE) as origin:
            with larder(context, origin, wait="1s") as server:
                flood = Flood(server.resp, BY_LARDER, CONNECTIONS, PATIENCE)
                behind = flood.run(keys, rate)
                flood.close()
                books, seen = origin.books(), figures(server)
            origin.reset()
            flood = Flood(origin.port, BY_HTTP, CONNECTIONS, PATIENCE)
            alone = flood.run(keys[:int(10 * rate)], rate)
            flood.close()
            alone_books = origin.books()
        context.say(f"{self.id}: {seen}")
        return self._results(books, behind, alone_books, alone)

    def _results(self, books, behind, alone_books, alone) -> list[Result]:
        ratios = share_by_second(behind, is_hit)
        answered = share_by_second(behind, lambda outcome: outcome.is_good)
        without = share_by_second(alone, lambda outcome: outcome.is_good)
        steady, warm = warm_after(ratios)
        by_second = list(books["by_second"].values())
        """The first second is cut; then slow start for five; what follows is to be all it bears."""
        busy = by_second[6:max(7, warm)] or by_second[1:]
        rate = sum(busy) / len(busy)
        return [
            Result(f"{self.id}-limit", f"{self.what}: most loads at once", books["running_max"],
                   unit="loads", target=KNEE, details=[
                       f"without Larder {alone_books['running_max']:,}, and in the tenth second"
                       f" {without[-1]:.1%} of the requests were answered within a second"]),
            Result(f"{self.id}-goodput", "loads a second that the origin bears / that it did",
                   CAPACITY / rate, target=1.25, details=[
                       f"{rate:.0f} of {CAPACITY:.0f} loads a second; by second:"
                       f" {' '.join(map(str, by_second))}"]),
            Result(f"{self.id}-warm", "until 90 % of the steady hit ratio", warm, unit="s",
                   details=[f"steady {steady:.1%}; hits by second: "
                            + " ".join(f"{ratio:.0%}" for ratio in ratios),
                            "answered by second: "
                            + " ".join(f"{share:.0%}" for share in answered)]),
        ]


ROWS = [CollapseRow()]
