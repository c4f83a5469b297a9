"""Exports: the matching runs read whole, and written to a file that nothing is lost for."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import BinaryIO

from zos_monitor.model.exports import ExportFormat, head, lines
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunDetail, RunKey
from zos_monitor.model.text import one_line
from zos_monitor.store import export_queries
from zos_monitor.sweep import Ask, rest

PAGE_RUNS = 200
"""At most so many runs are read whole in one transaction."""

_KEYS = 10_000  # whose place in the order is asked for at once; an index tells it in milliseconds
_MOST_TRIED = 4_000  # runs of which it is asked at once whether they match


async def details(ask: Ask, flt: RunFilter, now: datetime) -> AsyncIterator[tuple[RunDetail, ...]]:
    """Yield the matching runs whole, newest first, at most ``PAGE_RUNS`` at a time.

    Each is read in a transaction of its own, with a gap before the next. The order is that of the
    starts as stored, and each goes on behind the run before: whatever zos writes meanwhile, no run
    comes twice, and none is missed that was there. Raises DatabaseFault.
    """
    after: RunKey | None = None
    tried = PAGE_RUNS
    while True:
        began = time.monotonic()
        async with ask(flt, now) as question:
            keys = await export_queries.keys(
                question.reader, question.scope, after=after, limit=_KEYS
            )
        await rest(time.monotonic() - began)
        place = 0
        while place < len(keys):
            some = keys[place : place + tried]
            began = time.monotonic()
            async with ask(flt, now) as question:
                found = await export_queries.matching(question.reader, question.scope, some)
                runs = await export_queries.details(question.reader, found[:PAGE_RUNS])
            taken = time.monotonic() - began
            if len(found) > PAGE_RUNS:
                place += some.index(found[PAGE_RUNS])
            else:
                place += len(some)
            tried = _next_step(len(some), len(found))
            if runs:
                yield runs
            await rest(taken)
        if len(keys) < _KEYS:
            return
        after = keys[-1]


def _next_step(tried: int, matched: int) -> int:
    """Return of how many runs to ask next, so that about a page of them matches."""
    return max(PAGE_RUNS, min(_MOST_TRIED, 2 * tried, tried * PAGE_RUNS // max(1, matched)))


# Files


class ExportError(Exception):
    """An export can't be written; the message is a sentence for people."""


def default_name(stamp: datetime, fmt: ExportFormat) -> str:
    """Return the name of an export that is made at an instant."""
    return f"zos-runs-{stamp.astimezone(UTC):%Y%m%d-%H%M}.{fmt}"


def free_path(path: Path) -> Path:
    """Return a path at which there is nothing: this one, or one with a number in its name."""
    numbered = (path.with_name(f"{path.stem}-{n}{path.suffix}") for n in count(2))
    free = path
    while os.path.lexists(free):
        free = next(numbered)
    return free


async def write_export(
    path: Path, fmt: ExportFormat, pages: AsyncIterator[tuple[RunDetail, ...]]
) -> AsyncGenerator[int, None]:
    """Write runs to a new file, and yield after each page how many have been written.

    The file has its name only once it is whole; what is there under that name is never replaced.
    It can be read by its owner alone. Whoever stops early, by closing the iterator or cancelling
    its task, or is stopped by what ``pages`` raise, leaves nothing behind. Raises ExportError.
    """
    draft, thread = _Draft(path), ThreadPoolExecutor(1, "zos-monitor-export")

    async def do(deed: Callable[..., None], *arguments: object) -> None:
        """Have something done in the thread, where a slow disk holds up nobody."""
        try:
            await asyncio.get_running_loop().run_in_executor(thread, deed, *arguments)
        except (OSError, ValueError) as error:
            raise ExportError(_sentence(path, error)) from error

    try:
        await do(draft.begin, head(fmt))
        written = 0
        async for page in pages:
            await do(draft.write_runs, fmt, page)
            written += len(page)
            yield written
        await do(draft.finish)
        draft.kept = True
    finally:
        # Behind what still goes on; who is cancelled once more while it waits leaves it waiting.
        discarded = asyncio.shield(asyncio.wrap_future(thread.submit(draft.discard)))
        thread.shutdown(wait=False)
        if isinstance(pages, AsyncGenerator):
            await pages.aclose()
        await discarded


class _Draft:
    """A file without its name yet; all of it is called in one thread, but ``kept`` is set."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._draft = path.with_name(f".zos-runs-{secrets.token_hex(6)}.part")
        self._file: BinaryIO | None = None
        self._named = False
        self.kept = False

    def begin(self, text: str) -> None:
        if os.path.lexists(self._path):
            raise FileExistsError(errno.EEXIST, "there is one")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        self._file = os.fdopen(os.open(self._draft, flags, 0o600), "wb")
        self._write(text)

    def write_runs(self, fmt: ExportFormat, runs: tuple[RunDetail, ...]) -> None:
        self._write("".join(line for run in runs for line in lines(fmt, run)))

    def _write(self, text: str) -> None:
        assert self._file is not None
        self._file.write(text.encode("utf-8", "replace"))

    def finish(self) -> None:
        """Give the file its name, unless there is one of that name."""
        assert self._file is not None
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        try:
            os.link(self._draft, self._path)
        except FileExistsError:
            raise
        except OSError:  # FAT and some shares know no links
            self._take_name()
        self._named = True

    def _take_name(self) -> None:
        """Take the name by an empty file of ours, which then is replaced."""
        os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._named = True
        os.replace(self._draft, self._path)

    def discard(self) -> None:
        """Remove what is not to stay."""
        if self._file is not None:
            with suppress(OSError, ValueError):  # what can't be written any more is not wanted
                self._file.close()
            self._draft.unlink(missing_ok=True)
        if self._named and not self.kept:
            self._path.unlink(missing_ok=True)


_SENTENCES = {
    errno.EEXIST: "there is a file of that name already",
    errno.ENOENT: "there is no such folder",
    errno.ENOTDIR: "there is no such folder",
    errno.EACCES: "you may not write to that folder",
    errno.EPERM: "you may not write to that folder",
    errno.EROFS: "that folder can only be read",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EISDIR: "that is a folder; name a file in it",
    errno.ENAMETOOLONG: "that name is too long",
}


def _sentence(path: Path, error: Exception) -> str:
    """Return why a file can't be written, and that nothing was."""
    name = one_line(str(path))
    code = error.errno if isinstance(error, OSError) else errno.EINVAL
    if code == errno.EEXIST and path.is_dir():
        code = errno.EISDIR
    known = _SENTENCES.get(code or 0)
    why = known or (isinstance(error, OSError) and error.strerror) or "no file can have that name"
    return f"{name} can't be written: {why}"
