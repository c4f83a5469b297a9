"""What Python would print of exceptions that reach nobody: noted in the log instead.

It prints their messages on standard error, which may be a screen, a journal or a cron mail.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from zos_monitor.reports import for_developers, unforeseen

if TYPE_CHECKING:
    import asyncio


def take_over() -> None:
    """Have exceptions noted that end a thread, and those that nobody could be told."""
    if for_developers():
        return
    threading.excepthook = _ended_thread
    sys.unraisablehook = _unraisable


def _ended_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        unforeseen(told.exc_value, "a thread of its own")


def _unraisable(told: sys.UnraisableHookArgs) -> None:
    if told.exc_value is not None:
        unforeseen(told.exc_value, "letting go of what is not needed any more")


def watch_loop() -> None:
    """Have exceptions noted of the running event loop's tasks and callbacks that nobody awaits."""
    from asyncio import get_running_loop

    if not for_developers():
        get_running_loop().set_exception_handler(_of_loop)


def _of_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, BaseException):
        unforeseen(error, "work beside all else")
