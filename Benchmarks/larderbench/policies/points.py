"""The traces, the sizes at which they are simulated, and what peers reach there."""

import csv
import json
import os
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from ..processes import RunFailure
from ..servers import ROOT


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


@dataclass(frozen=True)
class Point:
    trace: str
    size: int


class Points:
    """Those of targets_public.tsv, by objects."""

    def __init__(self, scratch: Path):
        self.folder = Path(os.environ.get("LARDER_TRACES", ROOT.parent / "shared" / "traces"))
        if not (self.folder / "targets_public.tsv").exists():
            raise RunFailure(f"no traces in {self.folder}: name their folder by LARDER_TRACES")
        self._scratch = scratch
        self.all = [Point(row["trace"], int(row["size"]))
                    for row in _rows(self.folder / "targets_public.tsv")]
        self.traces = sorted({point.trace for point in self.all})
        self._peers = {
            (row["policy"], row["trace"], int(row["size"])): float(row["object_hit_ratio"])
            for row in _rows(self.folder / "baseline_public.tsv") if row["mode"] == "obj"}

    def sizes(self, trace: str) -> list[int]:
        return [point.size for point in self.all if point.trace == trace]

    def peer(self, name: str) -> dict[Point, float]:
        """Miss ratios."""
        return {point: 1 - self._peers[name, point.trace, point.size] for point in self.all
                if (name, point.trace, point.size) in self._peers}

    def file(self, trace: str) -> Path:
        """Uncompressed, as the measurements of time want it."""
        path = self._scratch / f"{trace}.bin"
        if not path.exists():
            compressed = self.folder / f"{trace}.oracleGeneral.zst"
            subprocess.run(["zstd", "-dqf", compressed, "-o", path], check=True)
        return path


def simulate(larder: Path, trace: Path, *words: str) -> list[dict]:
    done = subprocess.run(
        [larder, "simulate", trace, "--format", "jsonl", *words], text=True,
        stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def score(misses: dict[Point, float], fifo: dict[Point, float]) -> float:
    """How much less is missed than by FIFO, in percent: the mean over sizes, then over traces."""
    traces = defaultdict(list)
    for point, ratio in misses.items():
        base = fifo[point]
        traces[point.trace].append((base - ratio) / (base if ratio <= base else ratio))
    return 100 * mean(mean(shares) for shares in traces.values())
