"""What may be told of an exception: what kind it is, and by which way through the code it came.

Its message, its arguments and the values of variables may hold what the database does.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from types import FrameType, TracebackType

from zos_monitor.reports import began

_MOST_FRAMES = 40  # of each exception: those at either end, where it recurs
_MOST_LINES = 400
_MOST_GROUPED = 10  # exceptions of a group that are told


def kind(error: BaseException) -> str:
    """Return an exception's type, and the code by which its library knows it, if any."""
    name = type(error).__qualname__
    module = type(error).__module__
    if module not in ("builtins", "__main__"):
        name = f"{module}.{name}"
    code = None
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorname", None)
    elif isinstance(error, OSError) and isinstance(error.errno, int):
        code = errno.errorcode.get(error.errno)
    return f"{name}, {code}" if code else name


def place(error: BaseException) -> str:
    """Return where in our code it came up, else where at all; empty where that is not known."""
    found = ""
    for frame, line in _frames(error.__traceback__):
        module = _module(frame)
        if began.ours(module) or not found.startswith(f" in {began.PACKAGE}"):
            found = f" in {module}, line {line}"
    return found.replace(f" in {began.PACKAGE}.", " in ")


def told(error: BaseException, *, sources: bool = False) -> list[str]:
    """Return all that may be told, a line each; with ``sources`` also the lines of our code."""
    lines: list[str] = []
    for line in _chain(error, "", {id(error)}, sources):
        if len(lines) == _MOST_LINES:
            lines.append("…")
            break
        lines.append(line)
    return lines


def _chain(error: BaseException, margin: str, seen: set[int], sources: bool) -> Iterator[str]:
    """Yield an exception, those in its group, and those that it came from."""
    before: BaseException | None = error
    while before is not None:
        error = before
        yield f"{margin}{kind(error)}"
        for frame, line in _both_ends([*_frames(error.__traceback__)]):
            yield from _frame_lines(frame, line, margin, sources)
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions[:_MOST_GROUPED]:
                if id(one) not in seen and len(margin) < _MOST_GROUPED:
                    seen.add(id(one))
                    yield f"{margin}  with"
                    yield from _chain(one, f"{margin}  ", seen, sources)
        before = error.__cause__ or error.__context__
        if before is None or id(before) in seen:
            return
        seen.add(id(before))
        yield f"{margin}{'caused by' if before is error.__cause__ else 'after'}"


def _frame_lines(frame: FrameType | None, line: int, margin: str, sources: bool) -> Iterator[str]:
    if frame is None:
        yield f"{margin}  …"
        return
    module = _module(frame)
    yield f"{margin}  {module}:{line} in {frame.f_code.co_qualname}"
    if sources and began.ours(module):
        from linecache import getline

        yield f"{margin}      {getline(frame.f_code.co_filename, line).strip()}"


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _both_ends(frames: list[tuple[FrameType, int]]) -> list[tuple[FrameType | None, int]]:
    half = _MOST_FRAMES // 2
    if len(frames) <= _MOST_FRAMES:
        return [*frames]
    return [*frames[:half], (None, 0), *frames[-half:]]


def _module(frame: FrameType) -> str:
    name = frame.f_globals.get("__name__")
    return name if isinstance(name, str) else "?"
