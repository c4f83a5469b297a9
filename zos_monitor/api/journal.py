"""What the server says of its own faults, on standard error, without contents of the database."""

from __future__ import annotations

import sys
import traceback


def log_fault(words: str, fault: BaseException) -> None:
    """Tell of an unforeseen fault: its type and where it came from.

    Its message is left out, for it may quote what the database holds.
    """
    lines = [f"zos-monitor: {words}: {type(fault).__name__}"]
    for frame in traceback.extract_tb(fault.__traceback__):
        lines.append(f"  {frame.filename}:{frame.lineno} in {frame.name}")
    cause = fault.__cause__ or fault.__context__
    if cause is not None:
        lines.append(f"  after {type(cause).__name__}")
    print("\n".join(lines), file=sys.stderr, flush=True)
