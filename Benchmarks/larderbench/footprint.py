"""Memory per entry: (RSS at N - RSS empty) / N, the mean over four N, so that no server is caught
at its luckiest table size."""

from statistics import fmean

from . import load
from .context import Context
from .result import Result
from .servers import MEMCACHED, REDIS, Kind

COUNTS = (800_000, 1_100_000, 1_600_000, 2_200_000)
QUICK_COUNTS = (800_000, 1_600_000)
EMPTY_MB_MAX = 40


class FootprintRow:
    id = "bytes"
    what = "bytes per entry, 16 B keys, 64 B values"

    def run(self, context: Context) -> list[Result]:
        counts = QUICK_COUNTS if context.quick else COUNTS
        ours, empty = self._measure(context, context.subject, counts)
        results = []
        for peer, target, goal in ((REDIS, 0.75, 0.70), (MEMCACHED, 0.90, 0.80)):
            theirs, _ = self._measure(context, peer, counts)
            results.append(Result(
                f"bytes-{peer.name}", f"{self.what} / {peer.name}", fmean(ours) / fmean(theirs),
                target=target, goal=goal,
                details=[f"{fmean(ours):.1f} against {fmean(theirs):.1f} bytes",
                         "by size " + ", ".join(f"{n / 1e6:.1f} M: {a:.0f} / {b:.0f}"
                                                for n, a, b in zip(counts, ours, theirs))]))
        results.append(Result("rss-empty", "RSS of the empty server", empty / 1e6, unit="MB",
                              target=EMPTY_MB_MAX))
        return results

    def _measure(self, context: Context, kind: Kind, counts) -> tuple[list[float], int]:
        """Bytes per entry at each count, and the largest RSS of an empty server."""
        sizes, empties = [], []
        for count in counts:
            with context.server(kind) as server:
                empties.append(server.settled_resident_bytes())
                load.fill(server, count)
                # Reads drive the growth of tables that grow a little with each request to its end.
                load.require_hits(server, count)
                full = server.settled_resident_bytes()
            sizes.append((full - empties[-1]) / count)
            context.say(f"bytes: {kind.name} at {count:,}: {sizes[-1]:.1f}")
        return sizes, max(empties)
