"""Every question that there is, asked of a database; the answers are to agree with each other."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.conftest import NOW, service_on
from tests.hell.sound import assert_carried, assert_sound
from tests.listing.truth import figure
from zos_monitor.model.filters import FilterError, RunFilter, parse_filter
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.sorting import Sort, SortKey
from zos_monitor.model.stats import RunTotals
from zos_monitor.model.times import parse_stored
from zos_monitor.store.schema import julian_day
from zos_monitor.wire.questions import QUESTIONS

WORDS = (
    *("status:failed,partial", "-status:success", "status:unknown", "status:running,stalled"),
    *("status:interrupted,dry", "layer:nightly-*", "-layer:dm-response", "layer:*"),
    *("kind:scheduled", "kind:conversation", "since:7d", "since:all", "until:2026-11-20"),
    "since:2030-01-01",
    *("since:0001-01-01", "until:9999-12-31", "id:run-1", "id:*", "-id:run", "error:429"),
    *('error:"rate limit"', "-error:a", "cause:429*", "cause:*", "-cause:x", "Ada", "-Ada"),
    *("@Ada", "#general", '"\U0001f989"', '"[bold]"', "null", "%", "_", "\\", "\u732b", "user:2"),
)  # fmt: skip
"""Words of filters; those that mean nothing are refused."""


def read_filter(text: str) -> RunFilter:
    """Return the filter that a text means, or one that matches all runs where it means none."""
    try:
        return parse_filter(text)
    except FilterError:
        return RunFilter()


class Asking:
    """Asks one service, and looks at each answer for itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.service = service_on(path)

    async def ask(self, name: str, *arguments: object, **named: object) -> Any:  # noqa: ANN401
        """Return an answer, of what comes bit by bit all pieces; each is sound and arrives."""
        asked = getattr(self.service, name)(*arguments, **named)
        if not QUESTIONS[name].streamed:
            answer = await asked
            pieces = [answer]
        else:
            async with aclosing(asked) as coming:
                answer = pieces = [piece async for piece in coming]
        for piece in pieces:
            # Not the keys of lists nor what is exported: these are as they are stored.
            assert_sound(piece, exact=name == "details")
            assert_carried(name, piece)
        return answer

    async def everything(self, filters: Sequence[str], sorts: Sequence[Sort]) -> int:
        """Ask everything; return how many runs there are."""
        for text in ("", *filters):
            await self.runs(read_filter(text), sorts)
        runs = (await self.service.run_slice(RunFilter(), limit=10_000, now=NOW)).runs
        for run in {run.id: run for run in runs}.values():
            await self.one(run.id)
        for name in ("present", "pasts", "nights", "layer_names", "known_layers"):
            await self.ask(name)
        for name in ("run", "workings", "stored_row", "comparison"):
            assert await self.ask(name, "nobody \udcff") is None
        return len(runs)

    async def runs(self, flt: RunFilter, sorts: Sequence[Sort]) -> None:
        """Ask for the runs of a filter: each is listed once, and all figures are of just them."""
        whole = await self.ask("run_slice", flt, limit=10_000, now=NOW)
        listed = [run.key.rowid for run in whole.runs]
        assert len(set(listed)) == len(listed) == whole.matched
        if not flt.terms:
            assert set(listed) == self._rowids()
        assert whole.total == len(self._rowids())
        await self._pages(flt, whole.runs)
        for sort in sorts:
            await self._sorted(flt, sort, whole.runs)
        newest = await self.ask("newest", flt, limit=10_000, now=NOW)
        assert newest == whole.runs
        assert await self.ask("count", flt) == (whole.matched, whole.total)
        await self._totals(flt, whole.runs)
        await self._details(flt, whole.runs)
        await self._failures(flt, whole.runs)
        await self._next_failures(flt, whole.runs)
        for hours in (-1, 0, 24, 24 * 365 * 2000):
            row = await self.ask("row_since", flt, NOW - timedelta(hours=hours), now=NOW)
            assert 0 <= row <= whole.matched

    def _rowids(self) -> set[int]:
        with closing(sqlite3.connect(self.path)) as connection:
            found = connection.execute("SELECT rowid FROM layer_runs").fetchall()
        return {rowid for (rowid,) in found}

    def _of_no_calendar(self) -> set[int]:
        """Return the runs of which SQLite reads an instant and Python none, or the other way round.

        SQLite takes 30 February for a day of March, Python takes the days of weeks. zos writes
        neither.
        """
        days = [julian_day(name) for name in ("started_at", "completed_at")]
        with closing(sqlite3.connect(self.path)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            rows = connection.execute(
                f"SELECT rowid, started_at, {days[0]}, completed_at, {days[1]} FROM layer_runs"
            ).fetchall()
        return {
            rowid
            for rowid, *pairs in rows
            for text, day in (pairs[:2], pairs[2:])
            if (parse_stored(text) is None) is not (day is None)
        }

    async def _pages(self, flt: RunFilter, runs: tuple[RunSummary, ...]) -> None:
        found: list[RunSummary] = []
        step = max(2, len(runs) // 4)
        while len(found) < len(runs):
            page = await self.ask("run_slice", flt, first=len(found), limit=step, now=NOW)
            assert page.runs
            found += page.runs
        assert tuple(found) == runs

    async def _sorted(self, flt: RunFilter, sort: Sort, runs: tuple[RunSummary, ...]) -> None:
        found = await self.ask("run_slice", flt, sort=sort, limit=10_000, now=NOW)
        while not found.counted:
            await self.ask("count_on", flt, sort=sort, now=NOW)
            found = await self.ask("run_slice", flt, sort=sort, limit=10_000, now=NOW)
        assert sorted(run.key.rowid for run in found.runs) == sorted(run.key.rowid for run in runs)
        if sort.key is not SortKey.START:
            odd = self._of_no_calendar() if sort.key is SortKey.DURATION else set()
            told = [figure(sort.key, run) for run in found.runs if run.key.rowid not in odd]
            known = [one for one in told if one is not None]
            assert told[: len(known)] == known, sort  # without a figure is last
            assert known == sorted(known, reverse=not sort.reverse), sort
        if runs:
            run = runs[len(runs) // 2]
            around = await self.ask("run_slice", flt, anchor=run.key, sort=sort, limit=1, now=NOW)
            assert found.runs[around.anchor].key == run.key

    async def _totals(self, flt: RunFilter, runs: tuple[RunSummary, ...]) -> None:
        totals = await self.ask("totals", flt, window="all")
        states = Counter(run.state for run in runs)
        assert {s: n for s, n in totals.overall.counts.items() if n} == dict(states)
        self._adds_up(totals.overall, totals.by_layer)
        by_layer = Counter(run.layer_name for run in runs)
        assert {one.layer_name: one.runs for one in totals.by_layer} == dict(by_layer)
        for window in ("7d", None):
            totals = await self.ask("totals", flt, window=window)
            self._adds_up(totals.overall, totals.by_layer)
            figures = (await self.ask("breakdown", flt, window=window))[-1]
            assert figures.gone_through == 1
            assert figures.overall.totals.counts == totals.overall.counts
            assert len(figures.by_layer) == len(totals.by_layer)
            assert figures.overall.totals.cost_usd == totals.overall.cost_usd or abs(
                figures.overall.totals.cost_usd - totals.overall.cost_usd
            ) <= 1e-6 * abs(totals.overall.cost_usd)

    def _adds_up(self, overall: RunTotals, parts: Sequence[RunTotals]) -> None:
        assert overall.runs == sum(part.runs for part in parts)
        assert overall.insights == sum(part.insights for part in parts)
        assert overall.timed == sum(part.timed for part in parts)
        assert all(count >= 0 for part in (overall, *parts) for count in part.counts.values())
        assert all(part.seconds >= 0 for part in (overall, *parts))

    async def _details(self, flt: RunFilter, runs: tuple[RunSummary, ...]) -> None:
        found = [run for page in await self.ask("details", flt, now=NOW) for run in page]
        assert [run.key for run in found] == [run.key for run in runs]
        for whole, short in zip(found, runs, strict=True):
            assert whole.usage == short.usage
            assert whole.state == short.state
            assert len(whole.errors) == short.error_count

    async def _failures(self, flt: RunFilter, runs: tuple[RunSummary, ...]) -> None:
        failures = (await self.ask("failures", flt, window="all"))[-1]
        assert failures.share == 1
        assert failures.runs == len(runs)
        assert failures.failing == sum(bool(run.error_count) for run in runs)
        assert sum(group.errors for group in failures.groups) == sum(
            run.error_count or 0 for run in runs
        )
        for group in failures.groups:
            assert group.errors == sum(count for _, count in group.layers)
            assert sum(group.nights.values()) <= group.errors

    async def _next_failures(self, flt: RunFilter, runs: tuple[RunSummary, ...]) -> None:
        ids = {run.id for run in runs}
        for key in (None, *(run.key for run in runs[:3])):
            for newer in (True, False):
                found = await self.ask("next_failure", flt, key, newer=newer, now=NOW)
                assert found is None or found in ids

    async def one(self, run_id: str) -> None:
        """Ask for all that is known of one run, and for all texts of its work."""
        found = await self.ask("run", run_id)
        workings = await self.ask("workings", run_id)
        stored = await self.ask("stored_row", run_id)
        assert (found is None) is (workings is None) is (stored is None)
        await self.ask("comparison", run_id)
        await self.ask("comparison", run_id, marked="run-1")
        if workings is None:
            return
        assert found.error_count == len(found.errors)
        assert workings.call_count == len(workings.calls)
        assert workings.insight_count == len(workings.insights)
        for call in workings.calls:
            await self.ask("call_text", call.id)
        for insight in workings.insights:
            await self.ask("insight_text", insight.id)
