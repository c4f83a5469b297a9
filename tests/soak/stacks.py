"""Where a process is: what each task waits for and each thread does, functions and lines only."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, GeneratorType
from typing import Any

_DEEPEST = 60


def stacks(loop: asyncio.AbstractEventLoop | None) -> list[str]:
    """Return a line for each thread, task, asynchronous generator and kind of timer."""
    names = {each.ident: each.name for each in threading.enumerate()}
    frames = sys._current_frames()
    found = [f"thread {names.get(key, key)}: {_frames(frame)}" for key, frame in frames.items()]
    for task in asyncio.all_tasks(loop) if loop is not None else ():
        found.append(f"task {task.get_name()}: {_awaited(task.get_coro())}")
    found += [
        f"{one.__qualname__} goes on: {_awaited(one)}"
        for one in gc.get_objects()
        if isinstance(one, AsyncGeneratorType) and one.ag_frame is not None
    ]
    found += [f"{count} timers: {name}" for name, count in _timers(loop).items()]
    return found


def _timers(loop: Any) -> Counter[str]:  # noqa: ANN401 (asyncio's loop, with what it keeps)
    """Return how many timers of each kind there are; cancelled ones stay with asyncio a while."""
    return Counter(
        "cancelled" if timer.cancelled() else getattr(timer._callback, "__qualname__", "?")
        for timer in getattr(loop, "_scheduled", ())
    )


def _frames(frame: FrameType | None) -> str:
    lines: list[str] = []
    while frame is not None and len(lines) < _DEEPEST:
        lines.append(_place(frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return " < ".join(lines)


def _awaited(waiting: object) -> str:
    return " > ".join(_places(waiting))


def _places(waiting: object) -> Iterator[str]:
    """Yield where something that is awaited stands, from the outside in."""
    for _ in range(_DEEPEST):
        following: object
        if isinstance(waiting, CoroutineType):
            frame, following = waiting.cr_frame, waiting.cr_await
        elif isinstance(waiting, AsyncGeneratorType):
            frame, following = waiting.ag_frame, waiting.ag_await
        elif isinstance(waiting, GeneratorType):
            frame, following = waiting.gi_frame, waiting.gi_yieldfrom
        elif isinstance(waiting, asyncio.Task):
            yield f"task {waiting.get_name()}"
            return
        else:  # such as the step of an asynchronous generator, which only holds that
            kinds = (CoroutineType, AsyncGeneratorType, GeneratorType, asyncio.Future)
            inner = [one for one in gc.get_referents(waiting) if isinstance(one, kinds)]
            if not inner:
                yield type(waiting).__name__
                return
            frame, following = None, inner[0]
        if frame is not None:
            yield _place(frame.f_code, frame.f_lineno)
        if following is None:
            return
        waiting = following


def _place(code: CodeType, line: int | None) -> str:
    return f"{code.co_qualname} {Path(code.co_filename).name}:{line}"
