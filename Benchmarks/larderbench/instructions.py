"""Instructions per operation of the in-process codec and store loop, counted by callgrind.

Exact where clocks are not: differences of a few percent show. Each operation runs twice, with N and
3 N repetitions; the difference leaves start and warm-up out.
"""

import argparse
import json
import re
import shlex
import subprocess
import tempfile
from pathlib import Path

from . import processes
from .processes import RunFailure
from .servers import ROOT
from .symbols import demangled

THRESHOLDS = ROOT / "Benchmarks" / "Thresholds" / "instructions.json"
"""More than this above what was recorded fails."""
GROWTH_MAX = 0.03


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/instructions", description="Counts instructions per operation.")
    parser.add_argument("--command", default=f"{ROOT}/.build/release/larder-hotpath "
                        "{operation} {count}", help="with {operation} and {count} in it")
    parser.add_argument("--operations", nargs="+", default=["get", "set"])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--top", type=int, default=10, help="functions to print")
    parser.add_argument("--record", action="store_true", help="make these the expected numbers")
    return parser.parse_args()


def _instructions(command: str, operation: str, count: int, output: Path) -> int:
    words = [part.format(operation=operation, count=count) for part in shlex.split(command)]
    result = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", result.stderr)
    if result.returncode != 0 or not found:
        raise RunFailure(f"{shlex.join(words)} failed under callgrind:\n{result.stderr}")
    return int(found.group(1))


def _functions(output: Path, top: int) -> list[str]:
    annotate = ["callgrind_annotate", str(output)]
    text = subprocess.run(annotate, capture_output=True, text=True).stdout
    lines = re.findall(r"^ *([\d,]+) \(\s*([\d.]+)%\)  (.*)$", demangled(text), re.MULTILINE)
    lines = [line for line in lines if line[2] != "PROGRAM TOTALS"]
    return [f"  {percent:>5} %  {name[:110]}" for _, percent, name in lines[:top]]


def _measure(arguments: argparse.Namespace) -> dict[str, float]:
    numbers = {}
    with tempfile.TemporaryDirectory(prefix="larder-bench-") as folder:
        output = Path(folder) / "callgrind.out"
        for operation in arguments.operations:
            few, many = (
                _instructions(arguments.command, operation, arguments.count * times, output)
                for times in (1, 3))
            numbers[operation] = (many - few) / (2 * arguments.count)
            print(f"{operation}: {numbers[operation]:.1f} instructions per operation")
            print("\n".join(_functions(output, arguments.top)))
    return numbers


def _compare(arguments: argparse.Namespace) -> None:
    numbers = _measure(arguments)
    known = json.loads(THRESHOLDS.read_text()) if THRESHOLDS.exists() else {}
    if arguments.record:
        THRESHOLDS.parent.mkdir(exist_ok=True)
        rounded = {name: round(number, 1) for name, number in numbers.items()}
        THRESHOLDS.write_text(json.dumps(known | rounded, indent=2) + "\n")
        return
    for name, number in numbers.items():
        if name in known and number > known[name] * (1 + GROWTH_MAX):
            raise RunFailure(f"{name} takes {number:.1f} instructions, {known[name]} are recorded")


def main() -> int:
    return processes.guarded(lambda: _compare(_arguments()), "Benchmarks/instructions")
