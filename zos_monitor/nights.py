"""NightBook: which layers start by the clock, and what became of it night by night."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import NamedTuple

from zos_monitor.layer_files import LayerFiles, LayerFolder
from zos_monitor.model.inference import infer_cron
from zos_monitor.model.night_plan import PlannedLayer, plan_nights, runs_since
from zos_monitor.model.nights import NightRun, Nights, ScheduleSource
from zos_monitor.model.schedule import Schedule, find_zone
from zos_monitor.model.states import RunState
from zos_monitor.store import night_queries
from zos_monitor.store.database import Reader
from zos_monitor.store.probe import Marks
from zos_monitor.store.run_queries import layer_names

ZosDir = Path | Callable[[], Path | None] | None
"""A zos folder, or what finds it when it is needed: that may take a while."""

INFERRED_FOR = timedelta(hours=1)
"""How long a schedule that was inferred from past starts is taken for granted."""

_TURNING = (RunState.RUNNING, RunState.STALLED)

SETTLED_AFTER = timedelta(days=2)
"""Runs that began longer ago are read once an hour, unless one of them may still turn: only other
hands change them."""

SILENT_DAYS = {True: 28, False: 14}
"""After how many days without a start a weekly layer, or a daily one, is thought to be gone."""


class _Scheduled(NamedTuple):
    schedule: Schedule
    source: ScheduleSource


class _Inferred(NamedTuple):
    """Cron strings by layer, inferred at a time from the starts of all these layers."""

    names: tuple[str, ...]
    files: LayerFiles | None
    at: datetime
    crons: Mapping[str, str]

    def holds(self, names: tuple[str, ...], files: LayerFiles | None, now: datetime) -> bool:
        """Tell whether it need not be done anew."""
        same = self.names == names and self.files == files
        return same and self.at <= now < self.at + INFERRED_FOR


class _Settled(NamedTuple):
    """The runs of these layers that started between two instants, as they were at a time.

    ``root`` is that of the poll's marks: another one means that all may be otherwise.
    """

    root: object
    names: tuple[str, ...]
    since: datetime
    until: datetime
    at: datetime
    runs: Mapping[str, Sequence[NightRun]]

    def holds(self, root: object, names: tuple[str, ...], since: datetime, now: datetime) -> bool:
        """Tell whether they need not be read anew."""
        same = self.root is root and (self.names, self.since) == (names, since)
        return same and self.at <= now < self.at + INFERRED_FOR


class NightBook:
    """Knows the layers that start by the clock, from a zos folder's files or from their past.

    ``read`` opens the database for one read, ``clock`` tells the present and ``marks`` are the
    poll's. Layers that a file names start when it says; of layers that ran but that no file names
    any more, and where there are no files, the past tells.
    """

    def __init__(
        self,
        read: Callable[[], AbstractAsyncContextManager[Reader]],
        zos_dir: ZosDir,
        clock: Callable[[], datetime],
        marks: Callable[[], Marks | None],
    ) -> None:
        self._read = read
        self._marks = marks
        self._zos_dir = zos_dir
        self._clock = clock
        self._folder: LayerFolder | None = None
        self._files: LayerFiles | None = None
        self._inferred: _Inferred | None = None
        self._settled: _Settled | None = None
        self._lock = asyncio.Lock()

    async def nights(self) -> Nights:
        """Return the present night and those before it. Raises DatabaseFault."""
        files = await self.look_at_files()
        zone_name, now = self._zone_name, self._clock()
        async with self._read() as reader:
            names = await layer_names(reader)
            known = await self._scheduled(reader, names)
            pasts = await night_queries.histories(reader, {*known, *names}, now)
            runs = await self._runs(reader, tuple(known), runs_since(now, zone_name), now)
            turns = [activity.turns_at for activity in reader.judge.activities.values()]
        gone = _gone(known, pasts, files, now)
        layers = [
            PlannedLayer(
                layer_name=name,
                schedule=found.schedule,
                source=found.source,
                gone=name in gone,
                first_start=pasts[name].first_start if name in pasts else None,
                last_good=pasts[name].last_good if name in pasts else None,
            )
            for name, found in known.items()
        ]
        faults = files.faults if files is not None else ()
        # The first time this imports APScheduler, which must not hold up the event loop.
        nights = await asyncio.to_thread(plan_nights, layers, runs, now, zone_name, faults)
        turns.append(nights.turns_at)
        return replace(
            nights, turns_at=min((turn for turn in turns if turn is not None), default=None)
        )

    async def _runs(
        self, reader: Reader, names: tuple[str, ...], since: datetime, now: datetime
    ) -> Mapping[str, Sequence[NightRun]]:
        """Return the layers' runs, newest first; those of nights long past are kept for a while."""
        settled, marks = self._settled, self._marks()
        root = marks.root if marks is not None else None
        if settled is None or not settled.holds(root, names, since, now):
            until = max(since, now - SETTLED_AFTER)
            old = await night_queries.runs_of(reader, names, since, until)
            settled = _Settled(root, names, since, until, now, old)
            going_on = any(run.state in _TURNING for runs in old.values() for run in runs)
            self._settled = None if going_on else settled
        after = settled.until + timedelta.resolution
        new = await night_queries.runs_of(reader, names, after)
        return {name: (*new.get(name, ()), *settled.runs.get(name, ())) for name in names}

    async def look_at_files(self) -> LayerFiles | None:
        """Read the files that have changed; None without a zos folder.

        To be awaited before ``scheduled_layers``, while no connection is open.
        """
        async with self._lock:
            self._files = await asyncio.to_thread(self._read_files)
        return self._files

    async def scheduled_layers(self, reader: Reader) -> frozenset[str]:
        """Return the names of all layers that start by the clock, by the files seen last."""
        return frozenset(await self._scheduled(reader, await layer_names(reader)))

    @property
    def _zone_name(self) -> str:
        return self._files.zone_name if self._files is not None else "UTC"

    def _read_files(self) -> LayerFiles | None:
        if self._folder is None:
            root = self._zos_dir() if callable(self._zos_dir) else self._zos_dir
            self._folder = LayerFolder(root) if root is not None else None
        return self._folder.read() if self._folder is not None else None

    async def _scheduled(self, reader: Reader, names: tuple[str, ...]) -> dict[str, _Scheduled]:
        files, zone_name, now = self._files, self._zone_name, self._clock()
        layers = files.layers if files is not None else ()
        known = {
            layer.name: _Scheduled(Schedule(layer.cron, zone_name), ScheduleSource.YAML)
            for layer in layers
            if layer.cron is not None
        }
        told = {layer.name for layer in layers}
        inferred = self._inferred
        if inferred is None or not inferred.holds(names, files, now):
            untold = [name for name in names if name not in told]
            crons = await _infer(reader, untold, now, find_zone(zone_name) or UTC)
            inferred = self._inferred = _Inferred(names, files, now, crons)
        for name, cron in inferred.crons.items():
            known[name] = _Scheduled(Schedule(cron, zone_name), ScheduleSource.INFERRED)
        return known


async def _infer(
    reader: Reader, names: Sequence[str], now: datetime, zone: tzinfo
) -> dict[str, str]:
    """Return the cron strings, in a zone, of those layers that seem to start by the clock."""
    talking = await night_queries.talking(reader, names, now)
    crons: dict[str, str] = {}
    for name in names:
        if name in talking:
            continue
        starts = await night_queries.starts_of(reader, name, now)
        cron = await asyncio.to_thread(_infer_in, zone, starts, now)
        if cron is not None:
            crons[name] = cron
    return crons


def _infer_in(zone: tzinfo, starts: Sequence[datetime], now: datetime) -> str | None:
    """Infer by the clock of a zone: what starts at the same hour there may not do so in UTC."""

    def local(instant: datetime) -> datetime:
        try:
            return instant.astimezone(zone).replace(tzinfo=UTC)
        except OverflowError:  # the end of all years
            return instant

    return infer_cron([local(start) for start in starts], local(now))


def _gone(
    known: Mapping[str, _Scheduled],
    pasts: Mapping[str, night_queries.LayerHistory],
    files: LayerFiles | None,
    now: datetime,
) -> frozenset[str]:
    """Return those of the inferred layers that nothing starts any more.

    Where there are files, it is those that none of them names; a file that can't be read may name
    any layer that its own name doesn't tell. Else it is those that have been silent for long while
    others started: a layer that was renamed or removed.
    """
    inferred = {name for name, one in known.items() if one.source is ScheduleSource.INFERRED}
    if files is not None and files.found:
        return frozenset(inferred - files.broken)
    starts = {name: past.last_start for name, past in pasts.items() if past.last_start is not None}
    newest = max(starts.values(), default=now)

    def silent(name: str) -> bool:
        days = SILENT_DAYS[not known[name].schedule.cron.endswith("*")]
        return name in starts and newest - starts[name] > timedelta(days=days)

    return frozenset(filter(silent, inferred))
