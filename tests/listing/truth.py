"""What a list has to be, told by one plain query and Python's own sorting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.waiting import soon
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunKey, RunSlice, RunSummary
from zos_monitor.model.sorting import BY_START, Sort, SortKey
from zos_monitor.model.times import format_stored
from zos_monitor.service import RunService
from zos_monitor.store import run_queries

MILLISECOND = timedelta(milliseconds=1)


def figure(key: SortKey, run: RunSummary) -> float | None:
    """Return what a run is sorted by, as a list shows it."""
    match key:
        case SortKey.DURATION:
            return None if run.duration is None else round(run.duration / MILLISECOND)
        case SortKey.COST:
            return run.usage.cost_usd
        case SortKey.TOKENS:
            return run.usage.tokens_total
        case SortKey.INSIGHTS:
            return None if run.open else run.insights_created
        case SortKey.ERRORS:
            return run.error_count
    raise ValueError(key)


class Truth:
    """All runs that a filter matches, newest first, and how many runs there are."""

    def __init__(self, runs: list[RunSummary], keys: list[RunKey], total: int) -> None:
        self.runs = runs
        self.keys = keys
        self.total = total

    def sorted(self, sort: Sort) -> list[RunSummary]:
        if sort.key is SortKey.START:
            return self.runs[::-1] if sort.reverse else self.runs
        newest = sorted(self.runs, key=lambda run: -run.key.rowid)
        told = [(figure(sort.key, run), run) for run in newest]
        with_one = [(value, run) for value, run in told if value is not None]
        with_one.sort(key=lambda pair: (pair[0], pair[1].key.rowid), reverse=not sort.reverse)
        return [run for _, run in with_one] + [run for value, run in told if value is None]

    def row_since(self, instant: datetime) -> int:
        start = format_stored(instant)
        return sum(_before(start, key.started) for key in self.keys)


def _before(start: str, started: object) -> bool:
    """Tell whether a start as stored is not before an instant, as SQLite compares them."""
    return isinstance(started, bytes) or (isinstance(started, str) and started >= start)


async def truth(service: RunService, flt: RunFilter, now: datetime) -> Truth:
    async with service._ask(flt, now) as question:
        where = question.where
        rows = await question.reader.rows(
            f"SELECT started_at, rowid FROM layer_runs AS r WHERE {where.sql}"
            " ORDER BY started_at DESC, rowid DESC",
            where.params,
        )
        keys = [RunKey(row[0], row[1]) for row in rows]
        runs = await run_queries.summaries(question.reader, keys)
        [(total,)] = await question.reader.rows("SELECT count(*) FROM layer_runs")
    assert [run.key for run in runs] == keys
    return Truth(list(runs), keys, total)


class Listed:
    """One list of a long-lived service, compared with the truth after every step."""

    def __init__(self, service: RunService, flt: RunFilter, sort: Sort = BY_START) -> None:
        self.service = service
        self.flt = flt
        self.sort = sort
        self.runs: list[RunSummary] = []
        self.version: int | None = None

    async def slice(
        self,
        now: datetime,
        first: int,
        limit: int,
        **options: Any,  # noqa: ANN401
    ) -> RunSlice:
        return await soon(
            self.service.run_slice(
                self.flt, first=first, limit=limit, sort=self.sort, now=now, **options
            )
        )

    async def compare(self, truth: Truth, now: datetime, pick: int, what: str) -> None:
        """Compare rows, numbers and the row of one run; ``pick`` chooses which."""
        wanted = truth.sorted(self.sort)
        ids = [run.id for run in wanted]
        await self._compare_moved(truth, wanted, now, pick, what)
        for first, limit in ((0, len(ids) + 9), (pick % (len(ids) + 2), 5)):
            found = await self.slice(now, first, limit)
            assert found.counted, what
            assert (found.matched, found.total) == (len(ids), truth.total), what
            assert [run.id for run in found.runs] == ids[first : first + limit], what
            assert found.runs == tuple(wanted[first : first + limit]), what
            assert found.first == min(first, len(ids)), what
        if found.version == self.version:
            assert ids == [run.id for run in self.runs], f"another list, same version; {what}"
        self.runs, self.version = wanted, found.version

    async def _compare_moved(
        self, truth: Truth, wanted: list[RunSummary], now: datetime, pick: int, what: str
    ) -> None:
        """Ask for the rows around a run that was in a list before, as a list on screen does."""
        if not self.runs:
            return
        was = pick % len(self.runs)
        anchor = self.runs[was]
        rows = {run.id: row for row, run in enumerate(wanted)}
        row = rows.get(anchor.id)
        first = max(0, was - 2)
        found = await self.slice(now, first, 5, anchor=anchor.key, anchor_row=was)
        assert found.anchor == row, what
        moved = 0 if row is None else row - was
        meant = 0 if not first and 0 <= moved <= 2 else max(0, min(first + moved, len(wanted)))
        assert found.first == meant, what
        assert found.runs == tuple(wanted[meant : meant + 5]), what
