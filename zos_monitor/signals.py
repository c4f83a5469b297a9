"""Leaving in order when the system asks to: by SIGTERM, or by SIGHUP when the terminal goes."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def leaving_by_exit() -> Iterator[None]:
    """Have the signals raise SystemExit meanwhile, with the shells' status of 128 + the number."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in _heeded()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def leaving_by_call(leave: Callable[[int], None]) -> Iterator[None]:
    """Have the running event loop call ``leave`` with that status on the signals meanwhile."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _heeded()}
    for number in before:
        loop.add_signal_handler(number, leave, 128 + number)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _heeded() -> list[signal.Signals]:
    """Return the signals that can be heeded.

    Those that are ignored, as nohup has it, stay so; and only the main thread can heed any.
    """
    wanted = SIGNALS if threading.current_thread() is threading.main_thread() else ()
    return [number for number in wanted if signal.getsignal(number) is not signal.SIG_IGN]
