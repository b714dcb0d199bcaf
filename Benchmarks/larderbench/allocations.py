"""Calls of malloc in a warm server: counted by a library that is loaded before libc."""

import mmap
import os
import struct
import subprocess
import tempfile
from pathlib import Path

from . import load
from .context import Context
from .processes import RunFailure
from .result import Result

SOURCE = Path(__file__).with_name("malloc_counter.c")
REQUESTS = 1_000_000
"""Small enough that the sets evict all the time."""
FULL_LIMIT_MB = 64
CALLS_MAX = 100


class AllocationRow:
    id = "malloc"
    what = "malloc calls over 1 M requests"

    def run(self, context: Context) -> list[Result]:
        with tempfile.TemporaryDirectory(prefix="larder-bench-") as folder:
            library = Path(folder) / "malloc_counter.so"
            self._compile(library)
            gets = self._count(context, library, None, keys=100_000, gets_per_million=1_000_000)
            sets = self._count(context, library, FULL_LIMIT_MB, keys=20_000_000,
                               gets_per_million=0)
        return [
            Result("malloc-get", "malloc calls over 1 M warm GETs", gets, unit="calls",
                   target=CALLS_MAX),
            Result("malloc-set", "malloc calls over 1 M SETs at full memory", sets, unit="calls",
                   target=CALLS_MAX),
        ]

    @staticmethod
    def _compile(library: Path) -> None:
        command = ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            raise RunFailure("the counter does not compile:\n" + result.stderr)

    def _count(self, context: Context, library: Path, limit_mb: int | None, **mix) -> int:
        counts = library.with_suffix(".counts")
        counts.write_bytes(bytes(mmap.PAGESIZE))
        environment = os.environ | {"LD_PRELOAD": str(library), "MALLOC_COUNTS": str(counts)}
        with context.server(context.subject, limit_mb=limit_mb, environment=environment) as server:
            load.fill(server, 1_000_000 if limit_mb else 100_000)
            held = load.HeldLoad(server, pipeline=16, warmup=1_000_000, requests=REQUESTS, **mix)
            before = self._read(counts)
            if before == 0:
                raise RunFailure(f"{server.kind.name} was not counted: is it linked statically?")
            held.run()
            calls = self._read(counts) - before
            held.finish()
        context.say(f"malloc: {calls:,} calls over {REQUESTS:,} requests")
        return calls

    @staticmethod
    def _read(counts: Path) -> int:
        return struct.unpack("=Q", counts.read_bytes()[:8])[0]
