"""The command line of `Benchmarks/origins`."""

import argparse
import shlex
import sys
from pathlib import Path

from .. import machine, processes, report
from ..context import Context
from ..main import PAIRS, QUICK_PAIRS, chosen, results_of
from ..processes import Ports
from ..servers import LARDER, ROOT
from .collapse import ROWS as COLLAPSE_ROWS
from .expiry import ROWS as EXPIRY_ROWS
from .hits import ROWS as HIT_ROWS
from .outage import ROWS as OUTAGE_ROWS
from .stampede import ROWS as STAMPEDE_ROWS
from .waiters import ROWS as WAITER_ROWS

ROWS = [*STAMPEDE_ROWS, *EXPIRY_ROWS, *OUTAGE_ROWS, *COLLAPSE_ROWS, *HIT_ROWS, *WAITER_ROWS]
PAGE = ROOT / "docs" / "benchmarks-origins.md"
METHOD = """\
The origin is a process of its own, `Benchmarks/larderbench/origins/service.py`, which counts
loads and how many are under way at once. A target is the most that a value may be.

"""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/origins", description="Measures Larder before an origin.",
        epilog="rows: " + " ".join(row.id for row in ROWS))
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these rows; * and ? are known")
    parser.add_argument("--pairs", type=int, help=f"pairs for each ratio (default {PAIRS})")
    parser.add_argument("--quick", action="store_true",
                        help="shorter, with fewer keys and pairs: a first look")
    parser.add_argument("--write", action="store_true",
                        help=f"write {PAGE.relative_to(ROOT)} also when it is not the full run")
    parser.add_argument("--larder", type=Path, default=ROOT / ".build/release/larder")
    parser.add_argument("--first-port", type=int, default=7390, help="ten ports from here on")
    return parser.parse_args()


def _measure(arguments: argparse.Namespace) -> int:
    rows = chosen(ROWS, arguments.only)
    context = Context(
        subject=LARDER, larder=arguments.larder, ports=Ports(arguments.first_port),
        pairs=arguments.pairs or (QUICK_PAIRS if arguments.quick else PAIRS),
        quick=arguments.quick, resp_client="redis-benchmark")
    processes.raise_file_limit()
    facts = machine.description(arguments.larder)
    results = []
    for row in rows:
        context.say(row.what)
        results += results_of(row, context)
    print(report.terminal(results))
    is_full = arguments.only is None and not arguments.quick and context.pairs >= PAIRS
    if is_full or arguments.write:
        command = shlex.join(["Benchmarks/origins", *sys.argv[1:]])
        PAGE.write_text(report.markdown(results, facts, command, "Benchmarks of origins", METHOD))
        print(f"written: {PAGE.relative_to(ROOT)}")
    return 1 if any(result.has_failed for result in results) else 0


def main() -> int:
    return processes.guarded(lambda: _measure(_arguments()), "Benchmarks/origins")
