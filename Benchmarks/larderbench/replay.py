"""Hit ratio of `larder replay` against the policy in a pure loop at the same capacity.

The pure loop is a command line given with --pure-loop: {trace}, {policy} and {entries} are filled
in, and it prints `hit ratio` and a percentage as `larder replay` does.
"""

import re
import shlex
import subprocess
from pathlib import Path

from .context import Context
from .processes import RunFailure
from .result import Result

SHARES = (0.01, 0.10)
POINTS_MAX = 0.5
POLICY = "s3fifo"
OBJECTS = 100_000
REQUESTS = 2_000_000


def _output(command: list[str]) -> str:
    result = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if result.returncode != 0:
        raise RunFailure(f"{shlex.join(command)} failed:\n{result.stdout}{result.stderr}")
    return result.stdout


def hit_percent(output: str) -> float:
    found = re.search(r"hit ratio\D*([\d.]+) ?%", output)
    if not found:
        raise RunFailure(f"no hit ratio in:\n{output}")
    return float(found.group(1))


class ReplayRow:
    id = "replay"
    what = "hit ratio of replay against the pure loop"

    def run(self, context: Context) -> list[Result]:
        if context.pure_loop is None:
            return [Result(self.id, self.what, skipped="needs --pure-loop COMMAND")]
        return [self._compare(context, share) for share in SHARES]

    def _compare(self, context: Context, share: float) -> Result:
        entries = int(OBJECTS * share)
        trace = Path(__file__).parents[1] / ".build" / "replay.oracleGeneral.bin"
        trace.parent.mkdir(exist_ok=True)
        larder = str(context.larder)
        _output([larder, "trace", "generate", "zipf", "--objects", str(OBJECTS), "--requests",
                 str(REQUESTS), "--seed", "1", "--output", str(trace)])
        with context.server(context.subject, entries=entries) as server:
            served = hit_percent(_output(
                [larder, "replay", str(trace), "--to", f"127.0.0.1:{server.resp}",
                 "--connections", "1", "--pipeline", "1", "--value-size", "256"]))
        places = dict(trace=trace, policy=POLICY, entries=entries)
        pure = hit_percent(_output(
            [part.format(**places) for part in shlex.split(context.pure_loop)]))
        return Result(f"{self.id}-{share:.0%}", f"{self.what}, {share:.0%} of the objects",
                      abs(served - pure), target=POINTS_MAX,
                      details=[f"{served:.2f} % against {pure:.2f} %"])
