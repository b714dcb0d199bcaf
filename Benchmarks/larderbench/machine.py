"""What the numbers were measured on."""

import os
import platform
import re
import subprocess
from pathlib import Path


def _version(command: list[str], pattern: str) -> str:
    try:
        text = subprocess.run(command, capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return "not found"
    found = re.search(pattern, text)
    return found.group(1) if found else "unknown"


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def description(larder: Path) -> dict[str, str]:
    """Names and values in the order in which they are printed."""
    return {
        "processor": f"{_cpu_model()}, {os.cpu_count()} cores",
        "kernel": platform.release(),
        "larder": _version([str(larder), "--version"], r"(\d+\.\d+\S*)"),
        "redis-server": _version(["redis-server", "--version"], r"v=(\S+)"),
        "memcached": _version(["memcached", "--version"], r"memcached (\S+)"),
        "load average at the start": "%.1f" % os.getloadavg()[0],
    }
