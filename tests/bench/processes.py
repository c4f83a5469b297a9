"""What a running process has used: CPU and memory, on Linux and macOS."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used, in seconds, its ended threads included.

    On Linux to the nanosecond, elsewhere as ``ps`` tells it. Raises OSError where it is gone.
    """
    if sys.platform == "linux":
        # The clock of another process: its number inverted, in the form that the kernel takes.
        return time.clock_gettime(~pid << 3 | 2)
    else:
        return _seconds(_ps(pid, "time"))


def memory(pid: int) -> float:
    """Return how much of a process is in memory, in MB. Raises OSError where it is gone."""
    if sys.platform == "linux":
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise ProcessLookupError(pid)
    else:
        return int(_ps(pid, "rss")) * 1024 / 1e6


def _ps(pid: int, field: str) -> str:
    ended = subprocess.run(
        ["ps", "-o", f"{field}=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise ProcessLookupError(pid)
    return ended.stdout.strip()


def _seconds(text: str) -> float:
    """Return the seconds of ``[[days-]hours:]minutes:seconds``."""
    days, _, clock = text.rpartition("-")
    total = 0.0
    for part in clock.split(":"):
        total = total * 60 + float(part)
    return total + 86_400 * int(days or 0)
