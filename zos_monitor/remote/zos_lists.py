"""Lists by row number over zos's own API, and the ways to a run in them.

The API tells how many runs started since an instant. So it also tells in which row a run is, and
which run is next to another, without any page being searched.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from zos_monitor.model.faults import NotOffered
from zos_monitor.model.runs import RunCount, RunKey, RunSlice, RunSummary
from zos_monitor.model.sorting import Sort, SortKey
from zos_monitor.model.states import RunState
from zos_monitor.model.times import parse_stored
from zos_monitor.remote.zos_client import ZosClient
from zos_monitor.remote.zos_filter import Asked
from zos_monitor.remote.zos_rows import Row, key_of, started

WRONG = (RunState.FAILED, RunState.PARTIAL)
"""The states of runs that went wrong, which the API can be asked for."""

OPEN = Asked(statuses=(RunState.DRY,))
"""Where the open runs are, among those that were dry."""

MOST_MERGED = 1_000
"""How long a list of several statuses may be: each page of it takes all before it."""

_NEAR = 20  # rows in which runs are looked for that started at one instant
_KEPT = 8  # lists that were asked about last


class _Listing:
    def __init__(self) -> None:
        self.version = 0
        self.state: tuple[int, str | None] | None = None  # how many runs, and the newest

    def note(self, total: int, newest: str | None) -> int:
        """Return the version that a list of so many runs, and of this newest one, has."""
        known = self.state
        if known is None or known[0] != total or (newest and known[1] and newest != known[1]):
            self.version += 1
            self.state = total, newest
        elif newest:
            self.state = total, newest
        return self.version


class ZosLists:
    """Answers by row number; the newest run has row 0."""

    def __init__(self, client: ZosClient) -> None:
        self._client = client
        self._kept: OrderedDict[Asked, _Listing] = OrderedDict()

    async def slice(
        self,
        asked: Asked,
        *,
        sort: Sort,
        first: int,
        limit: int,
        anchor: RunKey | None,
        anchor_row: int | None,
    ) -> RunSlice:
        """Return the runs in some rows; see ``RunService.run_slice`` for the anchor."""
        by_start(sort)
        await self._mergeable(asked)
        row: int | None = None
        total = -1
        if anchor is not None:
            row, total = await self._row_of(asked, anchor)
        elif sort.reverse:
            total = await self._client.count(asked)
        if row is not None and sort.reverse:
            row = total - 1 - row
        shift = 0 if row is None or anchor_row is None else row - anchor_row
        at_top = not first and 0 <= shift <= limit // 2
        first = max(0, 0 if at_top else first + shift)
        if total >= 0:
            first = min(first, total)
        rows, matched, first = await self._rows(asked, first, limit, total, reverse=sort.reverse)
        first = min(first, matched)
        at_newest = bool(rows) and first == 0 and not sort.reverse
        newest = str(rows[0]["id"]) if at_newest else None
        return RunSlice(
            first=first,
            runs=await self._client.summaries(rows),
            anchor=row,
            matched=matched,
            total=matched if asked == Asked() else await self._client.count(Asked()),
            version=self._listing(asked).note(matched, newest),
        )

    async def _rows(
        self, asked: Asked, first: int, limit: int, total: int, *, reverse: bool
    ) -> tuple[Sequence[Row], int, int]:
        """Return rows, how many the list has, and the first of them."""
        if not reverse:
            page = await self._client.rows(asked, first, limit)
            return page.rows, page.total, first
        begin = max(0, total - first - limit)
        page = await self._client.rows(asked, begin, total - first - begin)
        if page.total != total:  # it has moved on: from the newest end on all is counted anew
            return await self._rows(asked, min(first, page.total), limit, page.total, reverse=True)
        return page.rows[::-1], page.total, first

    async def count(self, asked: Asked, *, sort: Sort) -> RunCount:
        """Return how many runs there are in a list, and in all."""
        by_start(sort)
        page = await self._client.page(asked, limit=1)
        newest = str(page.rows[0]["id"]) if page.rows else None
        return RunCount(
            matched=page.total,
            total=page.total if asked == Asked() else await self._client.count(Asked()),
            version=self._listing(asked).note(page.total, newest),
        )

    async def newest(self, asked: Asked, limit: int) -> tuple[RunSummary, ...]:
        """Return the newest runs."""
        return await self._client.summaries((await self._client.rows(asked, 0, limit)).rows)

    async def row_since(self, asked: Asked, instant: datetime) -> int:
        """Return the row of the newest run that started before an instant."""
        return await self._client.count(asked.from_(instant))

    async def _row_of(self, asked: Asked, key: RunKey) -> tuple[int | None, int]:
        """Return the row of a run, None where the list has it not, and how many the list has."""
        start = parse_stored(key.started)
        if start is None or (asked.since is not None and start < asked.since):
            return None, await self._client.count(asked)
        newer = await self._client.count(asked.after(start))
        page = await self._client.page(asked, offset=newer, limit=_NEAR)
        keys = [key_of(row) for row in page.rows]
        return newer + keys.index(key) if key in keys else None, page.total

    async def _mergeable(self, asked: Asked) -> None:
        """Raise NotOffered for a list of several statuses that is too long to be put together."""
        if len(asked.statuses) > 1 and await self._client.count(asked) > MOST_MERGED:
            raise NotOffered(
                f"More than {MOST_MERGED:,} runs of several states are not offered by this server:"
                " name one state, or a later since:"
            )

    def _listing(self, asked: Asked) -> _Listing:
        listing = self._kept.setdefault(asked, _Listing())
        self._kept.move_to_end(asked)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return listing

    # Other runs

    async def next_failure(self, asked: Asked, key: RunKey | None, *, newer: bool) -> str | None:
        """Return the id of the run next to another in time that went wrong; None for none.

        Of the open runs the newest are looked at.
        """
        found: list[RunSummary] = []
        for state in WRONG:
            if not asked.statuses or state in asked.statuses:
                wrong = asked._replace(statuses=(str(state),))
                found += await self._beside(wrong, key, newer=newer)
        if not asked.statuses:
            found += [run for run in await self._stalled(asked) if _beyond(run, key, newer=newer)]
        found = [run for run in found if run.started_at is not None]
        if not found:
            return None
        nearest = min if newer else max
        return nearest(found, key=lambda run: (run.started_at, run.key.rowid)).id

    async def _beside(
        self, asked: Asked, key: RunKey | None, *, newer: bool
    ) -> tuple[RunSummary, ...]:
        """Return the run of a list that is next to another run, if there is one."""
        start = parse_stored(key.started) if key is not None else None
        if key is None or start is None:
            last = max(0, await self._client.count(asked) - 1) if newer else 0
            page = await self._client.page(asked, offset=last, limit=1)
            return await self._client.summaries(page.rows)
        if newer:
            end = await self._client.count(asked.from_(start))
            begin = max(0, end - _NEAR)
            page = await self._client.page(asked, offset=begin, limit=max(1, end - begin))
            rows = page.rows[: end - begin][::-1]
        else:
            begin = await self._client.count(asked.after(start))
            rows = (await self._client.page(asked, offset=begin, limit=_NEAR)).rows
        keys = [key_of(row) for row in rows]
        if key in keys:  # others may have started at that very instant
            rows = rows[keys.index(key) + 1 :]
        else:
            rows = tuple(row for row in rows if started(row) != start)
        return await self._client.summaries(rows[:1])

    async def _stalled(self, asked: Asked) -> list[RunSummary]:
        since = asked.since
        runs = await self._client.summaries((await self._client.page(OPEN)).rows)
        return [
            run
            for run in runs
            if run.state in (RunState.STALLED, RunState.INTERRUPTED)
            and asked.layer in (None, run.layer_name)
            and (since is None or (run.started_at is not None and run.started_at >= since))
        ]

    async def success_before(self, layer: str, start: datetime) -> str | None:
        """Return the id of a layer's newest success that started before an instant."""
        asked = Asked(layer=layer, statuses=(RunState.SUCCESS,))
        later = await self._client.count(asked.from_(start))
        rows = (await self._client.page(asked, offset=later, limit=1)).rows
        return str(rows[0]["id"]) if rows else None


def by_start(sort: Sort) -> None:
    """Raise NotOffered for an order that the API does not list runs in."""
    if sort.key is not SortKey.START:
        message = "not offered by this server, which lists runs by their start"
        raise NotOffered(f"The order by {sort.key}: {message}")


def _beyond(run: RunSummary, key: RunKey | None, *, newer: bool) -> bool:
    start = parse_stored(key.started) if key is not None else None
    if start is None or run.started_at is None:
        return start is None
    return run.started_at > start if newer else run.started_at < start
