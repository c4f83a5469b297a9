"""zos's own API, asked in its own terms: pages of runs, one run, the names of layers."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from zos_monitor.model.columns import as_float, as_int, as_text
from zos_monitor.model.faults import DatabaseFault, NotOffered
from zos_monitor.model.runs import RunDetail, RunSummary
from zos_monitor.model.states import Activity
from zos_monitor.model.text import encodable, one_line
from zos_monitor.remote.zos_filter import Asked
from zos_monitor.remote.zos_rows import (
    STALLED_AFTER,
    Page,
    Row,
    detail,
    is_open,
    judge,
    key_of,
    read_page,
    read_row,
    started,
    strange,
    summary,
)

PAGE = 100
"""The most runs that one request is answered with."""

FAILS = "zos's API fails over telling this run's errors; its lists tell the rest"
"""What is said in the place of a run's errors that can't be told."""

_SEEN_KEPT = 2_000  # rows
_AT_ONCE = 2  # requests; each holds zos itself up, which does nothing else meanwhile
_NAMES_KEPT = 3600.0  # seconds; the summary that tells them reads every call that there is
_MOST_JUDGED = 20  # old open runs of a page whose layers are asked for
_BEYOND = 10**9  # a row that no list has
_TRIES = 4  # to get several pages of one state of a list


class Getter(Protocol):
    """What asks a server; see ``http.Http``."""

    @property
    def place(self) -> str:
        """The server's address."""

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
        """Return the JSON that a path answers with."""

    async def closed(self) -> None:
        """Wait until nothing is open any more."""


class ZosClient:
    """Asks zos's three questions, gently: zos answers them in the loop that it lives in itself.

    ``on_fault`` is called where the server does not answer.
    """

    def __init__(
        self,
        http: Getter,
        clock: Callable[[], datetime],
        on_fault: Callable[[], None] = lambda: None,
    ) -> None:
        self.http = http
        self._clock = clock
        self._on_fault = on_fault
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._restarted: set[str] = set()  # open runs whose layers have started again since
        self._seen: OrderedDict[str, Row] = OrderedDict()  # what lists have told last
        self._names: set[str] = set()
        self._names_at: float | None = None

    async def _get(self, path: str, params: Mapping[str, str]) -> Any:  # noqa: ANN401
        try:
            async with self._turns:
                return await self.http.get(path, params)
        except DatabaseFault as fault:
            if not isinstance(fault, NotOffered):
                self._on_fault()
            raise

    # Runs

    async def page(self, asked: Asked, *, offset: int = 0, limit: int = PAGE) -> Page:
        """Return at most ``limit`` (1 to 100) rows of a list from a row on, the newest first."""
        if len(asked.statuses) < 2:
            return await self._page(asked, offset, limit)
        end = offset + min(limit, PAGE)
        pages = [await self.rows(part, 0, end) for part in asked.parts]
        rows = sorted((row for page in pages for row in page.rows), key=key_of, reverse=True)
        return Page(tuple(rows[offset:end]), sum(page.total for page in pages))

    async def _page(self, asked: Asked, offset: int, limit: int) -> Page:
        numbers = {"offset": str(offset), "limit": str(min(limit, PAGE))}
        try:
            told = await self._get("/runs", {**asked.params(), **numbers})
        except NotOffered:
            raise strange(self.http.place) from None
        page = read_page(self.http.place, told)
        self._names.update(as_text(row.get("layer_name")) for row in page.rows)
        self._seen.update((str(row["id"]), row) for row in page.rows)
        while len(self._seen) > _SEEN_KEPT:
            self._seen.popitem(last=False)
        return page

    async def rows(self, asked: Asked, first: int, limit: int) -> Page:
        """Return any number of neighbouring rows, all of one state of the list."""
        for _ in range(_TRIES):
            page = await self.page(asked, offset=first, limit=max(1, limit))
            rows, total = list(page.rows), page.total
            while len(rows) < min(limit, total - first) and page.rows and page.total == total:
                wanted = limit - len(rows)
                page = await self.page(asked, offset=first + len(rows), limit=wanted)
                rows += page.rows
            if page.total == total:
                break
            # Else it has moved on meanwhile.
        return Page(tuple(rows[:limit]), page.total)

    async def count(self, asked: Asked) -> int:
        """Return how many runs there are, without reading any: zos may fail over one."""
        return sum([(await self._page(part, _BEYOND, 1)).total for part in asked.parts])

    async def row(self, run_id: str) -> Row | None:
        """Return what is told of one run, None where there is none of this id.

        Zos fails over a run where an error's text can't be encoded. Then it is what a list has
        told of it, and as its error that zos fails; NotOffered is raised where none has.
        """
        if run_id != encodable(run_id) or "/" in run_id or run_id in ("", ".", ".."):
            return None  # no path leads to such a run
        try:
            async with self._turns:
                told = await self.http.get(f"/runs/{quote(run_id, safe='')}", {})
        except NotOffered:
            return None
        except DatabaseFault as fault:
            await self.count(Asked())  # where it does not answer this either it is lost
            if run_id in self._seen:
                return {**self._seen[run_id], "errors": [{"error": FAILS}]}
            message = f"Not offered by this server: the run {one_line(run_id)}. {FAILS}"
            raise NotOffered(message) from fault
        return read_row(self.http.place, told)

    async def run(self, run_id: str) -> RunDetail | None:
        """Return one run whole."""
        row = await self.row(run_id)
        if row is None:
            return None
        (activity,) = await self._activities((row,))
        return detail(row, activity)

    async def run_if_told(self, run_id: str) -> RunDetail | None:
        """Return one run whole; None also where zos fails over it."""
        try:
            return await self.run(run_id)
        except NotOffered:
            return None

    async def summaries(self, rows: Iterable[Row]) -> tuple[RunSummary, ...]:
        """Return the runs of these rows, the open ones judged by now."""
        rows = tuple(rows)
        activities = await self._activities(rows)
        return tuple(map(summary, rows, activities))

    async def _activities(self, rows: tuple[Row, ...]) -> list[Activity | None]:
        now = self._clock()
        old = [row for row in rows if is_open(row) and not _young(row, now)]
        for row in old[:_MOST_JUDGED]:
            await self._look_for_restart(row)
        return [
            judge(row, restarted=as_text(row["id"]) in self._restarted, now=now)
            if is_open(row)
            else None
            for row in rows
        ]

    async def _look_for_restart(self, row: Row) -> None:
        run_id, start = as_text(row["id"]), started(row)
        if run_id in self._restarted or start is None:
            return
        layer = Asked(layer=as_text(row.get("layer_name")))
        if await self.count(layer.after(start)):
            self._restarted.add(run_id)

    # Sums

    async def layer_names(self) -> tuple[str, ...]:
        """Return the names of the layers that ran within 30 days, or that were met; ordered."""
        at, now = self._names_at, time.monotonic()
        if at is None or now - at > _NAMES_KEPT:
            self._names.update(await self._layers_of(30))
            self._names_at = now
        return tuple(sorted(self._names))

    async def _layers_of(self, days: int) -> Iterable[str]:
        by_layer = (await self.sums(days)).get("by_layer")
        return map(as_text, by_layer) if isinstance(by_layer, dict) else ()

    async def sums(self, days: int) -> Mapping[str, object]:
        """Return the sums over the runs of the last 1 to 30 days, by the names of the API."""
        try:
            told = await self._get("/runs/stats/summary", {"days": str(days)})
        except NotOffered:
            raise strange(self.http.place) from None
        if not isinstance(told, dict) or as_int(told.get("total_runs")) is None:
            raise strange(self.http.place)
        if as_float(told.get("total_cost_usd")) is None:
            raise strange(self.http.place)
        return told


def _young(row: Row, now: datetime) -> bool:
    start = started(row)
    return start is not None and now - start < STALLED_AFTER
