"""The full statistics of the runs that a filter matches, gone through in short reads."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime, tzinfo

from zos_monitor.model.breakdown import Breakdown
from zos_monitor.model.figures import Found, LayerWork, ModelWork, breakdown_of, day_of
from zos_monitor.model.filters import RunFilter, TimeBounds
from zos_monitor.model.sums import LayerSums, added
from zos_monitor.model.times import parse_stored
from zos_monitor.store import breakdown_queries
from zos_monitor.store.breakdown_queries import Lasts, Part, read_slice
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where
from zos_monitor.sweep import Ask, rest, sweep, timeless

ANSWER_SECONDS = 0.3
"""The least time between two answers that are not whole yet."""

_ANSWER_SHARE = 15.0  # or so many times what one takes to make
_READ_SECONDS = 0.03
_LASTS_SECONDS = 0.01  # of a read are for the last successes and failures


async def breakdown(
    ask: Ask, flt: RunFilter, bounds: TimeBounds, now: datetime, zone: tzinfo
) -> AsyncIterator[Breakdown]:
    """Yield the full statistics of the matching runs, more of them each time, at last of all.

    ``bounds`` hold in place of the filter's own times; days are those of ``zone``. Raises
    DatabaseFault where the file can't be read.
    """
    going = _Going(zone)
    due = time.monotonic() + ANSWER_SECONDS
    steps = sweep(ask, flt, bounds, now, going.visit, read_seconds=_READ_SECONDS)
    async with aclosing(steps):  # type: ignore[type-var]  # it is a generator
        async for share in steps:
            # Beside the event loop: a slice has thousands of spans, and more of them are known.
            await asyncio.to_thread(going.take_in)
            began = time.monotonic()
            if share < 1 and began >= due:
                answer = await asyncio.to_thread(breakdown_of, going.found, bounds, share)
                took = time.monotonic() - began
                yield answer
                due = time.monotonic() + max(ANSWER_SECONDS, _ANSWER_SHARE * took)
    while going.unsure:
        began = time.monotonic()
        async with ask(timeless(flt), now) as question:
            await going.look_back(question.reader, time.monotonic() + _LASTS_SECONDS)
        await rest(time.monotonic() - began)
    yield await asyncio.to_thread(breakdown_of, going.found, bounds, 1.0)


class _Going:
    """What is known so far of the runs that are gone through."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._sums: LayerSums = {}
        self._layers: dict[str, LayerWork] = {}
        self._models: dict[tuple[str, str], ModelWork] = {}
        self._lasts: dict[str, Lasts] = {}  # by the layers' keys in the sums
        self._read: list[sqlite3.Row] = []  # and not taken in yet

    @property
    def unsure(self) -> bool:
        """Whether there are layers whose last success and failure are not known."""
        return len(self._lasts) < len(self._sums)

    @property
    def found(self) -> Found:
        """All that is known, to be worked out before more is taken in."""
        lasts: dict[str, tuple[datetime | None, datetime | None]] = {}
        for key, last in self._lasts.items():
            name = self._sums[key].layer_name
            before = lasts.get(name, (None, None))  # of another name that is shown alike
            lasts[name] = _later(before[0], last.success), _later(before[1], last.failure)
        return Found(self._sums, self._layers, self._models, lasts)

    async def visit(self, reader: Reader, chosen: Where) -> None:
        """Read some runs, in the transaction of which they are."""
        self._read += await breakdown_queries.slice_rows(reader, chosen)
        await self.look_back(reader, time.monotonic() + _LASTS_SECONDS)

    async def look_back(self, reader: Reader, until: float) -> None:
        """Find the last success and failure of further layers, at least of one."""
        for key in [key for key in self._sums if key not in self._lasts]:
            self._lasts[key] = await breakdown_queries.lasts(reader, key)
            if time.monotonic() >= until:
                break

    def take_in(self) -> None:
        """Take in what was read."""
        rows, self._read = self._read, []
        sums, parts = read_slice(rows)
        self._sums = added(self._sums, sums)
        spans: dict[tuple[str, str | None], list[str]] = {}
        for part in parts:
            work = self._layer(part) if part.model is None else self._model(part, part.model)
            work.take(part.tokens_input, part.tokens_output, part.cost_usd)
            if part.spans:
                spans.setdefault((part.name, part.model), []).append(part.spans)
        for (name, model), texts in spans.items():
            same = self._layers[name] if model is None else self._models[name, model]
            counted = Counter(",".join(texts).split(","))
            same.spans.add((int(span), times) for span, times in counted.items())

    def _layer(self, part: Part) -> LayerWork:
        layer = self._layers.setdefault(part.name, LayerWork())
        if isinstance(part.at, int):
            layer.spend(day_of(part.at, self._zone), part.cost_usd)
        return layer

    def _model(self, part: Part, name: str) -> ModelWork:
        model = self._models.setdefault((part.name, name), ModelWork())
        model.calls += part.calls
        model.failed_calls += part.failed
        model.last_called = _later(model.last_called, parse_stored(part.at))
        return model


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)
