"""The properties themselves: what must hold for every database, each as a test of hypothesis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._context import active_app

from tests.commands.invoking import ask_at_that_time
from tests.hell.asking import WORDS, Asking
from tests.hell.databases import DATABASES, MOST, Database, put
from tests.hell.printing import ids_and_layers, run_everything
from tests.hell.walking import Walk
from tests.tui.driving import dashboard
from zos_monitor.model.sorting import Sort, SortKey

SORTS = [Sort(key, reverse) for key in SortKey for reverse in (False, True)]
FILTERS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
EMPTY = Database({table: () for table in MOST})

Property = Callable[[], None]


def answers_agree(folder: Path) -> Property:
    """Return the property of the service: what it answers is sound, and adds up."""
    path = folder / "asked.db"

    @given(DATABASES, FILTERS, st.sampled_from(SORTS))
    def asked(database: Database, flt: str, sort: Sort) -> None:
        put(path, database)
        asyncio.run(ask_everything(path, [flt], [sort]))

    return asked


async def ask_everything(path: Path, filters: list[str], sorts: list[Sort]) -> int:
    """Ask a new service everything."""
    asking = Asking(path)
    try:
        return await asking.everything(filters, sorts)
    finally:
        await asking.service.closed()


def commands_print(folder: Path) -> Property:
    """Return the property of the commands: what they print can be read."""
    path = folder / "printed.db"

    @given(DATABASES, st.one_of(st.just(""), FILTERS))
    def printed(database: Database, flt: str) -> None:
        put(path, database)
        ids, layers = ids_and_layers(database.rows["layer_runs"])
        with pytest.MonkeyPatch.context() as patch:
            ask_at_that_time(patch)
            run_everything(path, ids[:2], layers[:1], flt)

    return printed


class Opened:
    """A dashboard that stays open, on an event loop of its own, for one walk after another."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        put(path, EMPTY)
        self._path, self._size = path, size
        self._loop = asyncio.new_event_loop()
        self._leave = asyncio.Event()
        self._walks: Queue[Walk | BaseException] = Queue()
        self._thread = Thread(target=self._run)
        self._thread.start()
        walk = self._walks.get()
        if isinstance(walk, BaseException):
            raise walk
        self.walk = walk

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._opened())
        except BaseException as fault:  # told to the thread of the test
            self._walks.put(fault)
        finally:
            self._loop.close()

    async def _opened(self) -> None:
        async with dashboard(self._path, size=self._size) as driver:
            self._walks.put(Walk(driver, self._path))
            await self._leave.wait()

    def go(
        self, database: Database, rows: Sequence[int] | None = None, *, over: bool = True
    ) -> None:
        """Have other rows written, and walk through them; see ``Walk.everywhere``."""

        async def walked() -> None:
            active_app.set(self.walk.driver.app)  # as in the task that has opened it
            await self.walk.show(database)
            await self.walk.everywhere(rows, over=over)

        asyncio.run_coroutine_threadsafe(walked(), self._loop).result()

    def close(self) -> None:
        """Leave the dashboard."""
        self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join()


@contextmanager
def opened(path: Path, size: tuple[int, int]) -> Iterator[Opened]:
    """Open a dashboard for many walks."""
    one = Opened(path, size)
    try:
        yield one
    finally:
        one.close()
