"""Failure groups as answers: whole ones, against a plain reading of all errors."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.answers.plainly import Plain, days_before, iso, runs_of, strict
from tests.conftest import NOW, error, service_on
from zos_monitor import failure_groups, sweep
from zos_monitor.answers.failures import failures
from zos_monitor.answers.filters import narrowed
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.filter_words import quote

DAY = timedelta(days=1)


async def ask(path: Path, written: str = "", **options: Any) -> Any:  # noqa: ANN401
    service = service_on(path)
    answer = strict(await failures(service, narrowed(written), **options))
    await service.closed()
    return answer


@pytest.fixture
def bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have little read at a time, and told at once."""
    monkeypatch.setattr(failure_groups, "ANSWER_SECONDS", 0)
    monkeypatch.setattr(failure_groups, "_REST", 0)
    for name in ("_FIRST_RUNS", "_LEAST_RUNS", "SLICE_RUNS"):
        monkeypatch.setattr(sweep, name, 60)


@pytest.mark.parametrize(
    ("written", "window", "days", "layer"),
    [
        ("", "30d", 30, ""),
        ("", None, None, ""),
        ("since:9d", "30d", 9, ""),
        ("layer:nightly-*", "7d", 7, "nightly-"),
        ("layer:none", "7d", 7, "none"),
    ],
)
async def test_every_error_is_in_one_cause(
    history: Path, bit_by_bit: None, written: str, window: str | None, days: int | None, layer: str
) -> None:
    since = days_before(NOW, days)
    runs = [run for run in runs_of(history) if run.since(since) and run.layer.startswith(layer)]
    told = await ask(history, written, window=window)
    assert (told["since"], told["until"]) == (iso(since), None)
    assert told["total_runs"] == len(runs)
    assert told["failing_runs"] == sum(bool(run.errors) for run in runs)
    found: dict[str, list[Plain]] = defaultdict(list)
    for run in runs:
        for message in run.errors:
            found[identity(cause_of(message))].append(run)
    assert {identity(group["cause"]) for group in told["causes"]} == set(found)
    counts = [group["errors"] for group in told["causes"]]
    assert counts == sorted(counts, reverse=True)
    for group in told["causes"]:
        of_it = found[identity(group["cause"])]
        starts = [run.started for run in of_it if run.started is not None]
        assert group["errors"] == len(of_it)
        assert group["runs"] == len({run.row["number"] for run in of_it})
        assert group["layers"] == Counter(run.layer for run in of_it)
        assert group["first_seen"] == iso(min(starts, default=None))
        assert group["last_seen"] == iso(max(starts, default=None))
        assert group["nights"] == Counter(morning(at) for at in starts if at.year > 1)
        assert sum(group["nodes"].values()) <= group["errors"]


def morning(at: datetime) -> str:
    return (at + DAY / 2).date().isoformat()


async def test_nights_have_the_dates_of_their_mornings(zos: ZosWriter, path: Path) -> None:
    noon = datetime(2026, 11, 19, 12, tzinfo=ZoneInfo("America/New_York"))
    for at in (noon - timedelta(seconds=1), noon, noon + timedelta(hours=23)):
        zos.raw_run(started_at=at.astimezone(UTC), errors=json.dumps([error("x")]))
    service = service_on(path)
    service.zone = noon.tzinfo or UTC
    (group,) = strict(await failures(service, narrowed()))["causes"]
    assert group["nights"] == {"2026-11-19": 1, "2026-11-20": 2}
    await service.closed()


async def test_starts_at_the_ends_of_the_calendar(zos: ZosWriter, path: Path) -> None:
    for at in ("9999-12-31 23:00:00.000000", "0001-01-01 00:00:00.000000", "never"):
        zos.raw_run(started_at=at, errors=json.dumps([error("x")]))
    (group,) = (await ask(path, window=None))["causes"]
    assert (group["errors"], group["nights"]) == (3, {"9999-12-31": 1})
    assert group["last_seen"] == "9999-12-31T23:00:00Z"


async def test_a_cause_finds_the_runs_that_it_counts(history: Path) -> None:
    service = service_on(history)
    for group in (await ask(history, window=None))["causes"]:
        found, _ = await service.count(narrowed(f"cause:{quote(group['cause'])}"))
        assert found == group["runs"]
    await service.closed()


async def test_no_runs(writer: ZosWriter, path: Path) -> None:
    assert await ask(path, window=None) == {
        **{"since": None, "until": None, "total_runs": 0, "failing_runs": 0, "causes": []}
    }
