"""How far estimates of the time left are off, beside a run's own pace alone and the past alone.

The demo's nights are written whole. Then each run is looked at as it was when some of its targets
were done: from its calls and insights until then, and from its layer's runs before it.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Bar, Figure
from tests.bench.setting import Setting
from zos_monitor.demo.history import write_history
from zos_monitor.demo.stage import Stage
from zos_monitor.demo.tonight import plan_nights
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.eta import estimate
from zos_monitor.model.past import PAST_RUNS, LayerPast
from zos_monitor.model.progress import Progress, TopicTrace, progress_of
from zos_monitor.model.times import parse_stored
from zos_monitor.store.past_queries import past_of_runs
from zos_monitor.store.schema import Schemas

NIGHTS = 30
"""How many nights of history there are; those played live come after them."""
LIVE_NIGHTS = 4
SHARES = {"a third": 1 / 3, "half": 1 / 2}
"""What part of the targets is done when the time left is estimated."""
LEAST_TARGETS = 3
MOST_ERROR = 35.0
"""The bar: by how much, in per cent of the true time left, the median estimate may be off."""

_RUNS_SQL = """
SELECT rowid AS number, id, layer_name, started_at, completed_at, targets_matched FROM layer_runs
WHERE completed_at IS NOT NULL ORDER BY started_at
"""
_ACTS_SQL = """
SELECT created_at AS at, topic_key AS topic, 1 AS calls, NOT success AS failed FROM llm_calls
WHERE layer_run_id = :id AND topic_key IS NOT NULL
UNION ALL SELECT created_at, topic_key, 0, 0 FROM insights WHERE layer_run_id = :id
ORDER BY at
"""


@dataclass
class _Errors:
    """By how much estimates were off, in per cent of what was left, each way to make them."""

    ours: list[float] = field(default_factory=list)
    own_pace: list[float] = field(default_factory=list)
    past: list[float] = field(default_factory=list)


def eta(setting: Setting) -> list[Figure]:
    """Error of the time left, once a third and a half of a run's targets are done."""
    errors: defaultdict[tuple[str, str], _Errors] = defaultdict(_Errors)
    for seed in range(setting.times(8, 2)):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="zos-bench-")))
            path = folder / "zos.db"
            _write(path, setting.now, seed)
            connection = stack.enter_context(closing(sqlite3.connect(path)))
            connection.row_factory = sqlite3.Row
            _look(connection, setting.now, errors)
    return [figure for key, found in sorted(errors.items()) for figure in _figures(*key, found)]


def _write(path: Path, now: datetime, seed: int) -> None:
    with ZosWriter(path, seed=seed) as writer:
        write_history(writer, nights=NIGHTS, until=now, seed=seed)
        stage = Stage(writer)
        with writer.batch():
            for step in plan_nights(seed=seed, nights=LIVE_NIGHTS):
                stage.play(step, now + timedelta(seconds=step.at))


def _look(
    connection: sqlite3.Connection, now: datetime, errors: dict[tuple[str, str], _Errors]
) -> None:
    """Look at each run that has some targets, once for each share of them."""
    schema = Schemas().of(connection)
    before: defaultdict[str, list[int]] = defaultdict(list)
    for run in connection.execute(_RUNS_SQL).fetchall():
        earlier = before[run["layer_name"]]
        past = past_of_runs(connection, schema, earlier[-PAST_RUNS:])
        earlier.append(run["number"])
        if run["targets_matched"] < LEAST_TARGETS:
            continue
        kind = "live" if _instant(run["started_at"]) >= now else "history"
        acts = connection.execute(_ACTS_SQL, {"id": run["id"]}).fetchall()
        for name, share in SHARES.items():
            for at, progress in _courses(acts, run["targets_matched"], past):
                if progress.done >= share * run["targets_matched"]:
                    _note(errors[kind, name], run, past, at, progress)
                    break


def _courses(
    acts: list[sqlite3.Row], matched: int, past: LayerPast
) -> Iterator[tuple[datetime, Progress]]:
    """Yield each instant of a call or an insight, with the progress as it was then."""
    traces: dict[str, TopicTrace] = {}
    for order, act in enumerate(acts):
        at = _instant(act["at"])
        trace = traces.get(act["topic"], TopicTrace(act["topic"], order, 0, 0, 0, None))
        traces[act["topic"]] = trace._replace(
            calls=trace.calls + act["calls"],
            failed_calls=trace.failed_calls + act["failed"],
            insights=trace.insights + (not act["calls"]),
            last_at=at,
        )
        yield at, progress_of(matched, traces.values(), calls_per_target=past.calls_per_target)


def _note(
    errors: _Errors, run: sqlite3.Row, past: LayerPast, at: datetime, progress: Progress
) -> None:
    """Note how far each way to estimate is off; a run is left out where one of them has none."""
    started, left = _instant(run["started_at"]), (_instant(run["completed_at"]) - at)
    ours = estimate(progress, started_at=started, past=past, now=at)
    own_pace = estimate(progress, started_at=started, past=LayerPast(), now=at)
    if ours is None or own_pace is None or past.pace is None or left <= timedelta():
        return
    # A fresh run at the same place has nothing but its layer's past.
    fresh = Progress(matched=(progress.matched or 0) - progress.done)
    of_past = estimate(fresh, started_at=at, past=past, now=at)
    pairs = ((errors.ours, ours), (errors.own_pace, own_pace), (errors.past, of_past))
    for noted, found in pairs:
        if found is not None:
            middle = sum(found.left(at), timedelta()) / 2
            noted.append(abs(middle - left) / left * 100)


def _figures(kind: str, share: str, errors: _Errors) -> Iterator[Figure]:
    baselines = {"own pace alone": errors.own_pace, "layer's past alone": errors.past}
    for against, baseline in baselines.items():
        yield Figure(
            group="eta",
            name=f"time left, {share} done, {kind} runs: error",
            unit="%",
            samples=errors.ours,
            against=against,
            baseline=baseline,
            bar=Bar(most=MOST_ERROR),
        )


def _instant(stored: str) -> datetime:
    instant = parse_stored(stored)
    assert instant is not None, stored
    return instant
