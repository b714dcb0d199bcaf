"""Where a server spends its CPU during one row: perf, by the CPU clock (virtual machines rarely
have hardware counters)."""

import argparse
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import load, processes
from .background import Background
from .context import Context
from .cpu import ROWS, CpuRow
from .processes import Ports, RunFailure
from .servers import ROOT, Server, subject
from .symbols import demangled


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/profile", description="Samples a server while one row loads it.")
    parser.add_argument("row", choices=[row.id for row in ROWS])
    parser.add_argument("--subject", default="larder", metavar="SERVER",
                        help="larder, redis, memcached, or a command line with {resp}, {memcached}")
    parser.add_argument("--larder", type=Path, default=ROOT / ".build/release/larder")
    parser.add_argument("--client", choices=("redis-benchmark", "generator"),
                        default="redis-benchmark")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--frequency", type=int, default=1999, help="samples per second")
    parser.add_argument("--top", type=int, default=40, help="symbols to print")
    parser.add_argument("--user", action="store_true", help="leave the kernel out")
    parser.add_argument("--callers", action="store_true", help="who called each symbol")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the samples for perf")
    parser.add_argument("--first-port", type=int, default=7370)
    return parser.parse_args()


class _EndlessLoad(Background):
    """Repeats the row's load until it is told to stop."""

    def __init__(self, row: CpuRow, server: Server, context: Context):
        super().__init__()
        self._row, self._server, self._context = row, server, context
        self.done = 0

    def work(self) -> None:
        while not self.is_over.is_set():
            self.done += self._row.drive(self._server, self._context)


def _record(arguments: argparse.Namespace, server: Server, samples: Path) -> None:
    event = "cpu-clock:u" if arguments.user else "cpu-clock"
    command = ["perf", "record", "-e", event, "-F", str(arguments.frequency), "-g", "-p",
               str(server.pid), "-o", str(samples), "--", "sleep", str(arguments.seconds)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise RunFailure("perf record failed:\n" + result.stderr)


def _report(samples: Path, *options: str) -> list[str]:
    command = ["perf", "report", "-i", str(samples), "--stdio", "--no-children", *options]
    text = subprocess.run(command, capture_output=True, text=True).stdout
    lines = (re.sub(r"[\s-]+$", "", line) for line in demangled(text).splitlines())
    return [line for line in lines if line and line[0] != "#"]


def _print(arguments: argparse.Namespace, samples: Path) -> None:
    print("\nby binary:")
    print("\n".join(_report(samples, "--sort", "dso", "-g", "none")[:8]))
    print("\nby thread:")
    print("\n".join(_report(samples, "--sort", "pid", "-g", "none")[:8]))
    print("\nby symbol:")
    graph = "caller,0.5,callee,function,percent" if arguments.callers else "none"
    lines = _report(samples, "--sort", "dso,symbol", "-g", graph)
    print("\n".join(lines if arguments.callers else lines[:arguments.top]))


def _profile(arguments: argparse.Namespace) -> None:
    if not shutil.which("perf"):
        raise RunFailure("perf is missing: apt-get install linux-perf")
    row = next(row for row in ROWS if row.id == arguments.row)
    context = Context(subject=subject(arguments.subject, arguments.larder), larder=arguments.larder,
                      ports=Ports(arguments.first_port), pairs=1, quick=False,
                      resp_client=arguments.client)
    if not context.subject.speaks(row.protocol):
        raise RunFailure(f"{context.subject.name} does not speak {row.protocol}")
    load.build()
    with tempfile.TemporaryDirectory(prefix="larder-bench-") as folder:
        samples = arguments.keep or Path(folder) / "perf.data"
        with context.server(context.subject) as server:
            row.prepare(server, context)
            before = server.cpu()
            endless = _EndlessLoad(row, server, context)
            endless.start()
            _record(arguments, server, samples)
            endless.finish()
            spent = processes.cpu_spent(before, server.cpu())
        print(f"{row.id}: {spent / 1000 / endless.done:.2f} us of CPU per request, sampled")
        _print(arguments, samples)


def main() -> int:
    return processes.guarded(lambda: _profile(_arguments()), "Benchmarks/profile")
