"""Totals over zos's own API: its runs, gone through page by page, and added up here.

Its own summary counts no partial runs, takes open ones for dry, and tells next to nothing of each
layer; and for that it reads every call that there is. So it serves only where there are too many
runs to be gone through. What has ended does not change: it is kept, and not asked for again.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from zos_monitor.model.columns import as_float, as_int
from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import TimeBounds
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.model.stats import LayerTotals, RunTotals, Totals, add_up
from zos_monitor.remote.zos_client import PAGE, ZosClient
from zos_monitor.remote.zos_filter import Asked

MOST = 5_000
"""How many runs are gone through."""

SUMMARY_SECONDS = 300.0
"""How long an answer of the summary serves: it costs zos a look at all its calls."""

_KEPT = 2 * MOST
_MOST_OPEN = 20  # open runs that are asked for one by one
_GAP = 0.02  # seconds between two pages at least, for what else zos has to do
_DAY = timedelta(days=1)


class ZosTotals:
    """Answers totals, and keeps the runs that have ended."""

    def __init__(self, client: ZosClient) -> None:
        self._client = client
        self._ended: dict[str, RunSummary] = {}
        self._open: dict[str, RunSummary] = {}
        self._sums: dict[int, tuple[float, Totals]] = {}  # by days, and until when they serve
        self._lock = asyncio.Lock()

    async def answer(self, asked: Asked, now: datetime) -> Totals:
        """Return the totals of the runs asked for, overall and by layer."""
        async with self._lock:
            runs = await self._go_through(asked)
            if runs is None:
                return await self._summed(asked, now)
        layers = _by_layer(runs)
        bounds = TimeBounds(since=asked.since)
        return Totals(
            since=bounds.since, until=None, overall=add_up(layers), by_layer=tuple(layers)
        )

    async def _go_through(self, asked: Asked) -> list[RunSummary] | None:
        """Return all runs; None where they are too many."""
        parts = asked.parts
        if len(parts) > 1:
            found = [await self._go_through(part) for part in parts]
            return [run for runs in found for run in runs or ()] if None not in found else None
        fresh: dict[str, RunSummary] = {}
        seen = 0
        while True:
            began = time.monotonic()
            page = await self._client.page(asked, offset=seen)
            runs = await self._client.summaries(page.rows)
            fresh.update((run.id, run) for run in runs)
            seen += len(runs)
            known = self._known(asked, fresh)
            if len(fresh) + len(known) == page.total:
                break
            if not runs or seen >= page.total:
                known = []
                break
            if page.total - len(known) > MOST:
                return None
            await asyncio.sleep(max(_GAP, time.monotonic() - began))
        known = [await self._now(run) for run in known]
        self._keep(fresh.values())
        return [*fresh.values(), *known]

    def _known(self, asked: Asked, fresh: dict[str, RunSummary]) -> list[RunSummary]:
        """Return the runs asked for that were met before, and not now."""
        some_open = list(self._open.values())[:_MOST_OPEN]
        return [
            run
            for run in (*self._ended.values(), *some_open)
            if run.id not in fresh and _matches(run, asked)
        ]

    async def _now(self, run: RunSummary) -> RunSummary:
        if not run.open:
            return run
        fresh = await self._client.run_if_told(run.id) or run
        self._keep((fresh,))
        return fresh

    def _keep(self, runs: Iterable[RunSummary]) -> None:
        for run in runs:
            self._open.pop(run.id, None)
            (self._open if run.open else self._ended)[run.id] = run
        for kept in (self._ended, self._open):
            for run_id in list(kept)[: max(0, len(kept) - _KEPT)]:
                del kept[run_id]

    # The summary

    async def _summed(self, asked: Asked, now: datetime) -> Totals:
        """Return what the summary says of whole days; the rest of the runs are partial ones.

        It counts open runs as dry. The open ones that are known of are taken out of these.
        """
        days = _whole_days(asked, now)
        if days is None:
            raise NotOffered(
                f"Totals of more than {MOST:,} runs are not offered by this server: choose a"
                " shorter window, or whole days up to 30 without any other filter"
            )
        until, totals = self._sums.get(days, (0.0, None))
        if totals is None or until <= time.monotonic():
            totals = _totals(await self._client.sums(days), await self._open_in(asked), asked.since)
            self._sums[days] = time.monotonic() + SUMMARY_SECONDS, totals
        return totals

    async def _open_in(self, asked: Asked) -> Counter[RunState]:
        page = await self._client.page(asked._replace(statuses=(str(RunState.DRY),)), limit=PAGE)
        return Counter(run.state for run in await self._client.summaries(page.rows) if run.open)


def _matches(run: RunSummary, asked: Asked) -> bool:
    if asked.layer not in (None, run.layer_name):
        return False
    if asked.statuses and run.status not in asked.statuses:
        return False
    since = asked.since
    return since is None or (run.started_at is not None and run.started_at >= since)


def _whole_days(asked: Asked, now: datetime) -> int | None:
    if asked.since is None or asked != Asked(since=asked.since):
        return None
    span = now - asked.since
    days = round(span / _DAY)
    near = abs(span - days * _DAY) < timedelta(minutes=1)
    return days if near and 1 <= days <= 30 else None


def _totals(sums: object, open_runs: Counter[RunState], since: datetime | None) -> Totals:
    told = sums if isinstance(sums, dict) else {}

    def number(name: str) -> int:
        return as_int(told.get(name)) or 0

    success, failed, dry = map(number, ("successful_runs", "failed_runs", "dry_runs"))
    counts = {
        RunState.SUCCESS: success,
        RunState.FAILED: failed,
        RunState.DRY: max(0, dry - open_runs.total()),
        RunState.PARTIAL: max(0, number("total_runs") - success - failed - dry),
        **open_runs,
    }
    overall = RunTotals(
        counts={state: count for state, count in counts.items() if count},
        insights=number("total_insights"),
        tokens=number("total_tokens"),
        cost_usd=as_float(told.get("total_cost_usd")),
    )
    return Totals(since=since, until=None, overall=overall, by_layer=())


def _by_layer(runs: Iterable[RunSummary]) -> list[LayerTotals]:
    layers: dict[str, list[RunSummary]] = {}
    for run in runs:
        layers.setdefault(run.layer_name, []).append(run)
    return [_layer(name, layers[name]) for name in sorted(layers)]


def _layer(name: str, runs: list[RunSummary]) -> LayerTotals:
    costs = [run.usage.cost_usd for run in runs if run.usage.cost_usd is not None]
    tokens = [run.usage.tokens_total for run in runs if run.usage.tokens_total is not None]
    spans = [run.duration.total_seconds() for run in runs if run.duration is not None]
    starts = [run.started_at for run in runs if run.started_at is not None]
    return LayerTotals(
        layer_name=name,
        counts=dict(Counter(run.state for run in runs)),
        insights=sum(run.insights_created or 0 for run in runs),
        tokens=sum(tokens) if tokens else None,
        cost_usd=sum(costs) if costs else None,
        uncosted=sum(run.usage.cost_usd is None and not run.open for run in runs),
        open_cost_usd=sum(run.usage.cost_usd or 0.0 for run in runs if run.open),
        timed=len(spans),
        seconds=sum(spans),
        first_started=min(starts, default=None),
        last_started=max(starts, default=None),
    )
