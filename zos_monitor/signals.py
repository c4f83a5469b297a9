"""Leaving in order when the system asks to: by signals, also when the terminal goes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
ALL_SIGNALS = (*SIGNALS, signal.SIGINT, signal.SIGQUIT)
"""Also those of keys, for what sets the terminal so that its keys send none."""


@contextmanager
def raising_on_ctrl_c() -> Iterator[None]:
    """Have Ctrl-C raise KeyboardInterrupt meanwhile, so that everything is put in order."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_DFL or not _may_heed():
        yield
        return
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def leaving_by_exit() -> Iterator[None]:
    """Have the signals raise SystemExit meanwhile, with the shells' status of 128 + the number."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in _heeded(SIGNALS)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def leaving_by_call(
    leave: Callable[[int], None], numbers: Iterable[signal.Signals] = SIGNALS
) -> Iterator[None]:
    """Have the running event loop call ``leave`` with that status on the signals meanwhile."""
    import asyncio  # takes longer to import than most commands take

    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _heeded(numbers)}
    for number in before:
        loop.add_signal_handler(number, leave, 128 + number)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _heeded(wanted: Iterable[signal.Signals]) -> list[signal.Signals]:
    """Return the signals that can be heeded; those that are ignored, as nohup has it, stay so."""
    if not _may_heed():
        return []
    return [number for number in wanted if signal.getsignal(number) is not signal.SIG_IGN]


def _may_heed() -> bool:
    """Tell whether signals can be heeded here: only the main thread can."""
    import threading

    return threading.current_thread() is threading.main_thread()
