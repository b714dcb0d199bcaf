"""The command line of `Benchmarks/policies`."""

import argparse
import shlex
import sys
import tempfile
from pathlib import Path

from .. import machine, processes, report
from ..intervals import estimate
from ..result import Result
from ..servers import ROOT
from .peers import PEERS, Library, Peer, cpu_seconds
from .points import Points, score, simulate

PAGE = ROOT / "docs" / "benchmarks-policies.md"
PAIRS = 9
QUICK_PAIRS = 3
"""Where time is measured: the largest trace, in a cache of a hundredth of its bytes."""
SPEED_TRACE, SPEED_SHARE = "arc_p3", 0.01
"""Points that a policy may be away from its peer's hit ratio."""
NEAR = 0.3
METHOD = """\
Hit ratios are of the points of targets_public.tsv, each object weighing 1. The score is how much
less is missed than by FIFO, in percent: the mean over sizes, then over traces. `far` is the
largest distance from the peer's hit ratio, `misses` the points with other counts than the peer's.

"""


class Bench:
    def __init__(self, options: argparse.Namespace, scratch: Path):
        self.larder, self.pairs = options.larder, QUICK_PAIRS if options.quick else PAIRS
        self.points, self.only = Points(scratch), options.policy
        self.library = Library(ROOT / ".build" / "libcachesim")
        self.ours: dict[str, dict] = {}
        self.counts: dict[str, dict] = {}

    def simulate(self) -> None:
        words = ["--policy", ",".join(["fifo", *self.only])] if self.only else []
        for trace in self.points.traces:
            say(f"simulating {trace}")
            sizes = ",".join(map(str, self.points.sizes(trace)))
            for line in simulate(self.larder, self.points.file(trace), "--ignore-object-size",
                                 "--size", sizes, *words):
                point = next(point for point in self.points.all
                             if point.trace == trace and point.size == line["size"])
                self.ours.setdefault(line["policy"], {})[point] = line["missRatio"]
                self.counts.setdefault(line["policy"], {})[point] = line["misses"]

    def rows(self) -> list[Result]:
        fifo = self.ours["fifo"]
        best = {point: min(ratios[point] for name, ratios in self.ours.items()
                           if not name.startswith("belady")) for point in fifo}
        rows = [Result("score-best", "score: the best policy of each point",
                       score(best, fifo))]
        for name in self.only or self.ours:
            rows += self._of(name, PEERS[name], fifo)
        return rows

    def _of(self, name: str, peer: Peer, fifo: dict) -> list[Result]:
        ours, theirs = self.ours[name], self.points.peer(peer.rows)
        rows = []
        if theirs:
            away = {point: 100 * (theirs[point] - ours[point]) for point in theirs}
            far = max(away, key=lambda point: abs(away[point]))
            beside = score({point: ours[point] for point in theirs}, fifo)
            rows.append(Result(
                f"score-{name}", f"score: {name} / {peer.rows}", score(ours, fifo),
                details=[f"{beside:.2f} against {score(theirs, fifo):.2f} of {peer.rows}"
                         f" on {len(theirs)} points"]))
            if not peer.is_exact:
                rows.append(Result(
                    f"far-{name}", f"points of hit ratio away from {peer.rows}", abs(away[far]),
                    target=NEAR, details=[f"{away[far]:+.3f} at {far.trace}, {far.size} objects;"
                                          f" {sum(abs(a) > NEAR for a in away.values())} of"
                                          f" {len(away)} are beyond {NEAR}"]))
        if peer.is_exact:
            rows.append(self._exactness(name, peer))
        rows.append(self._speed(name, peer))
        return rows

    def _exactness(self, name: str, peer: Peer) -> Result:
        say(f"misses of {peer.name}")
        other = {point: self.library.misses(peer, self.points.file(point.trace), point.size)
                 for point in self.points.all}
        differing = [point for point in other if other[point] != self.counts[name][point]]
        return Result(
            f"misses-{name}", f"points with other counts than {peer.name}", len(differing),
            unit="points", target=0, details=[
                f"{point.trace}, {point.size}: {self.counts[name][point]} against {other[point]}"
                for point in differing])

    def _speed(self, name: str, peer: Peer) -> Result:
        trace = self.points.file(SPEED_TRACE)
        size = int(simulate(self.larder, trace, "--policy", "fifo", "--size",
                            f"{SPEED_SHARE:%}")[0]["size"])
        mine = [str(self.larder), "simulate", str(trace), "--policy", name, "--size", str(size),
                "--jobs", "1"]
        theirs = self.library.command(peer, trace, size, by_object=False)
        samples = []
        for number in range(self.pairs):
            first, second = (mine, theirs) if number % 2 == 0 else (theirs, mine)
            cost = {first[1]: cpu_seconds(first), second[1]: cpu_seconds(second)}
            samples.append((cost[mine[1]], cost[theirs[1]]))
            say("speed-%s %d/%d: %.2f against %.2f s" % (
                name, number + 1, self.pairs, *samples[-1]))
        measured = estimate([ours / other for ours, other in samples])
        return Result(f"speed-{name}", f"CPU of a simulation / {peer.name}", measured.median,
                      estimate=measured, target=round(peer.speed, 2))


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/policies", description="Measures the policies beside libcachesim's.")
    parser.add_argument("--policy", nargs="+", choices=sorted(PEERS), help="these alone")
    parser.add_argument("--quick", action="store_true", help="fewer pairs: a first look")
    parser.add_argument("--larder", type=Path, default=ROOT / ".build/release/larder")
    return parser.parse_args()


def _measure(options: argparse.Namespace) -> int:
    facts = machine.description(options.larder)
    with tempfile.TemporaryDirectory(prefix="larder-policies-") as scratch:
        bench = Bench(options, Path(scratch))
        bench.simulate()
        rows = bench.rows()
    print(report.terminal(rows))
    if not options.policy and not options.quick:
        command = shlex.join(["Benchmarks/policies", *sys.argv[1:]])
        PAGE.write_text(
            report.markdown(rows, facts, command, "Benchmarks of policies", METHOD))
        print(f"written: {PAGE.relative_to(ROOT)}")
    return 1 if any(row.has_failed for row in rows) else 0


def main() -> int:
    return processes.guarded(lambda: _measure(_arguments()), "Benchmarks/policies")
