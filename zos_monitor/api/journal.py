"""What the server says of its own faults, on standard error, without contents of the database."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from zos_monitor.model.text import one_line
from zos_monitor.reports.telling import told

_QUERY = re.compile(r"\?\S*")


def log_fault(words: str, fault: BaseException) -> None:
    """Tell of an unforeseen fault: its type and where it came from.

    Its message is left out, for it may quote what the database holds.
    """
    head, *rest = told(fault)
    lines = [f"zos-monitor: {words}: {head}", *(f"  {line}" for line in rest)]
    with suppress(OSError, ValueError):  # nobody reads it any more: the server goes on
        print("\n".join(lines), file=sys.stderr, flush=True)


class Grumbler:
    """Tells of the fault of something that is tried again and again, but not again of the same."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._last: list[str] = []

    def tell(self, fault: BaseException) -> None:
        """Tell of a fault, if it is not the last one."""
        lines = told(fault)
        if lines != self._last:
            self._last = lines
            log_fault(self._words, fault)


class Journal(logging.Handler):
    """Writes what uvicorn has to say on standard error, a line each."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; what an exception says of itself stays out of it, see ``log_fault``."""
        fault = record.exc_info[1] if record.exc_info else None
        if isinstance(fault, asyncio.CancelledError):
            return  # the server was told twice to stop
        words = _without_queries(one_line(record.getMessage().strip()))
        with suppress(OSError, ValueError):  # as above
            print(f"zos-monitor: {words}", file=sys.stderr, flush=True)
        if fault is not None:
            log_fault("that was", fault)


def _without_queries(words: str) -> str:
    """Return words without what follows the path of a URL: filters name people and topics."""
    return _QUERY.sub("?…", words)


@contextmanager
def journal(*, access: bool) -> Iterator[None]:
    """Have uvicorn tell of its troubles meanwhile, and with ``access`` of each request."""
    handler = Journal()
    levels = {"uvicorn.error": logging.WARNING, "uvicorn.access": logging.INFO}
    if not access:
        del levels["uvicorn.access"]
    for name, level in levels.items():
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(level)
        logger.propagate = False
    try:
        yield
    finally:
        for name in levels:
            logging.getLogger(name).removeHandler(handler)
