"""The command line of `Benchmarks/run`."""

import argparse
import fnmatch
import shlex
import sys
from pathlib import Path

from . import load, machine, processes, report
from .allocations import AllocationRow
from .context import Context
from .cpu import ROWS as CPU_ROWS
from .footprint import FootprintRow
from .housekeeping import HousekeepingRow
from .limit import LimitRow
from .processes import Ports, RunFailure
from .publish import ROWS as PUBLISH_ROWS
from .replay import ReplayRow
from .result import Result
from .servers import ROOT, subject
from .tls import ROWS as TLS_ROWS

ROWS = [*CPU_ROWS, *PUBLISH_ROWS, *TLS_ROWS, FootprintRow(), AllocationRow(), LimitRow(),
        HousekeepingRow(), ReplayRow()]
"""Even, so that either server comes first as often as the other."""
PAIRS = 16
QUICK_PAIRS = 4


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run", description="Measures Larder beside redis-server and memcached.",
        epilog="rows: " + " ".join(row.id for row in ROWS))
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these rows; * and ? are known")
    parser.add_argument("--pairs", type=int, help=f"pairs for each ratio (default {PAIRS})")
    parser.add_argument("--quick", action="store_true",
                        help=f"{QUICK_PAIRS} pairs of a third of the requests: a first look")
    parser.add_argument("--write", action="store_true",
                        help="write docs/benchmarks.md also when it is not the full run")
    parser.add_argument("--subject", default="larder", metavar="SERVER",
                        help="larder, redis, memcached, or a command line with {resp}, {memcached}")
    parser.add_argument("--larder", type=Path, default=ROOT / ".build/release/larder")
    parser.add_argument("--client", choices=("redis-benchmark", "generator"),
                        default="redis-benchmark", help="who loads the RESP rows")
    parser.add_argument("--first-port", type=int, default=7370, help="ten ports from here on")
    parser.add_argument("--pure-loop", metavar="COMMAND",
                        default=f"{ROOT}/.build/release/larder-policy-loop"
                                " {trace} {policy} {entries}",
                        help="for the row replay (default: larder-policy-loop)")
    return parser.parse_args()


def chosen(rows: list, patterns: list[str] | None) -> list:
    """Those of `rows` whose ids match, in their order."""
    if patterns is None:
        return rows
    found = [row for row in rows if any(fnmatch.fnmatch(row.id, p) for p in patterns)]
    if not found:
        raise RunFailure("no such row; there are " + " ".join(row.id for row in rows))
    return found


def _measure(arguments: argparse.Namespace) -> int:
    rows = chosen(ROWS, arguments.only)
    context = Context(
        subject=subject(arguments.subject, arguments.larder), larder=arguments.larder,
        ports=Ports(arguments.first_port),
        pairs=arguments.pairs or (QUICK_PAIRS if arguments.quick else PAIRS),
        quick=arguments.quick, resp_client=arguments.client, pure_loop=arguments.pure_loop)
    load.build()
    facts = machine.description(arguments.larder)
    results = []
    for row in rows:
        results += results_of(row, context)
    print(report.terminal(results))
    is_full = (arguments.only is None and not arguments.quick and context.pairs >= PAIRS
               and arguments.subject == "larder")
    if is_full or arguments.write:
        page = ROOT / "docs" / "benchmarks.md"
        page.parent.mkdir(exist_ok=True)
        command = shlex.join(["Benchmarks/run", *sys.argv[1:]])
        page.write_text(report.markdown(results, facts, command))
        print(f"written: {page.relative_to(ROOT)}")
    return 1 if any(result.has_failed for result in results) else 0


def results_of(row, context: Context) -> list[Result]:
    """A row that cannot be measured has failed; the others are measured all the same."""
    try:
        return row.run(context)
    except (RunFailure, OSError) as failure:
        context.say(f"{row.id}: {failure}")
        return [Result(row.id, row.what, failure=str(failure))]


def main() -> int:
    return processes.guarded(lambda: _measure(_arguments()), "Benchmarks/run")
