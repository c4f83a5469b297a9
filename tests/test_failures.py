"""Errors across runs by their cause: against a naive count, bit by bit, and as filters."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOW, error, service_on
from tests.waiting import eventually, soon
from zos_monitor import failure_groups, sweep
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.errors import parse_errors
from zos_monitor.model.failures import FailureGroup, Failures
from zos_monitor.model.filter_words import quote
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.times import format_stored, parse_stored
from zos_monitor.service import RunService

WEEK = format_stored(NOW - timedelta(days=7))
DAYS = [format_stored(NOW - timedelta(days=back)) for back in (9, 5)]


@dataclass
class Naive:
    """A cause as a plain reading of all rows counts it."""

    errors: int = 0
    runs: set[str] = field(default_factory=set)
    nodes: Counter[str] = field(default_factory=Counter)
    layers: Counter[str] = field(default_factory=Counter)
    nights: Counter[date] = field(default_factory=Counter)
    seen: list[datetime] = field(default_factory=list)


def naive(path: Path, where: str, zone: tzinfo) -> tuple[dict[str, Naive], int, int]:
    """Return the causes, and how many runs there are, and how many of them have errors."""
    with sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        rows = db.execute(
            "SELECT rowid, layer_name, started_at, CAST(errors AS BLOB) FROM layer_runs AS r"
            f" WHERE {where}"
        ).fetchall()
    db.close()
    found: dict[str, Naive] = defaultdict(Naive)
    failing = 0
    for run, layer, started, stored in rows:
        errors = parse_errors(stored)
        failing += bool(errors)
        at = parse_stored(started)
        for one in errors:
            told = found[identity(cause_of(one.message))]
            told.errors += 1
            told.runs.add(run)
            told.nodes.update([one.node] if one.node is not None else [])
            told.layers[layer] += 1
            if at is not None:
                told.seen.append(at)
                if at.year > 1:
                    local = at.astimezone(zone)
                    told.nights[local.date() - timedelta(days=local.hour < 12)] += 1
    return found, len(rows), failing


async def answers(service: RunService, text: str, window: str | None) -> list[Failures]:
    asked = service.failures(parse_filter(text), window=window)
    return await soon(_all(asked))


async def _all(asked: object) -> list[Failures]:
    return [answer async for answer in asked]  # type: ignore[attr-defined]


def as_dicts(group: FailureGroup) -> Naive:
    return Naive(
        errors=group.errors,
        nodes=Counter(dict(group.nodes)),
        layers=Counter(dict(group.layers)),
        nights=Counter(group.nights),
    )


@pytest.mark.parametrize(
    ("text", "window", "where", "zone"),
    [
        ("", None, "1", UTC),
        ("", "7d", f"started_at >= '{WEEK}'", ZoneInfo("America/New_York")),
        ("layer:nightly-*", None, "layer_name LIKE 'nightly-%'", ZoneInfo("Asia/Kathmandu")),
        (
            "since:9d until:5d -status:failed",
            "7d",
            f"started_at >= '{DAYS[0]}' AND started_at < '{DAYS[1]}' AND status <> 'failed'",
            UTC,
        ),
        ("layer:none", "7d", "0", UTC),
    ],
)
async def test_groups_are_those_of_a_naive_count(
    history: Path, text: str, window: str | None, where: str, zone: tzinfo
) -> None:
    service = service_on(history)
    service.zone = zone
    *_, told = await answers(service, text, window)
    expected, runs, failing = naive(history, where, zone)
    assert (told.runs, told.failing, told.share) == (runs, failing, 1)
    assert {identity(group.cause) for group in told.groups} == set(expected)
    for group in told.groups:
        want = expected[identity(group.cause)]
        assert group.runs == len(want.runs)
        assert group.first_seen == min(want.seen, default=None)
        assert group.last_seen == max(want.seen, default=None)
        want.runs, want.seen = set(), []
        assert as_dicts(group) == want
    counts = [group.errors for group in told.groups]
    assert counts == sorted(counts, reverse=True)
    nights = {night for want in expected.values() for night in want.nights}
    assert told.first_night == min(nights, default=None)


async def test_a_filter_by_cause_finds_the_runs_that_are_counted_in_its_group(
    zos: ZosWriter, path: Path, history: Path
) -> None:
    texts = [
        *("429 rate limit", "Rate Limit exceeded", "a, b and c", 'say "hi" to', r"a\b c\* d\\"),
        *("all * of it", "-dash first", "key:value here", "x*y", "xzy", "XZY", "'a' is lost", "\\"),
        *("\x1b[31mred\x1b[0m alert", "\udcff", "", "a\u202eb c", "CAFÉ is", "café is", "[" * 999),
    ]
    with zos.batch():
        for number, text in enumerate(texts):
            pair = [error(text), error(texts[number // 2])]
            zos.raw_run(started_at=NOW - timedelta(hours=number), errors=json.dumps(pair))
        zos.raw_run(started_at=NOW, errors="null")
    for file in (path, history):
        service = service_on(file)
        *_, told = await answers(service, "", None)
        assert len(told.groups) >= 12
        for group in told.groups:
            flt = parse_filter(f"cause:{quote(group.cause)}")
            assert (await service.count(flt))[0] == group.runs, group.cause
        assert (await service.count(parse_filter("cause:*")))[0] == told.failing
    await soon(service.closed())


async def test_a_night_begins_at_noon_in_the_zone(zos: ZosWriter, path: Path) -> None:
    noon = datetime(2026, 11, 19, 12, tzinfo=ZoneInfo("America/New_York"))
    for at in (noon - timedelta(seconds=1), noon, noon + timedelta(hours=23)):
        zos.raw_run(started_at=at.astimezone(UTC), errors=json.dumps([error("x")]))
    service = service_on(path)
    service.zone = noon.tzinfo or UTC
    (told,) = await answers(service, "", "7d")
    assert told.groups[0].nights == {date(2026, 11, 18): 1, date(2026, 11, 19): 2}


@pytest.fixture
def bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have little read at a time, and told at once."""
    monkeypatch.setattr(failure_groups, "ANSWER_SECONDS", 0)
    for name in ("_FIRST_RUNS", "_LEAST_RUNS", "SLICE_RUNS"):
        monkeypatch.setattr(sweep, name, 60)


async def test_answers_grow_until_they_are_whole(history: Path, bit_by_bit: None) -> None:
    told = await answers(service_on(history), "", None)
    assert len(told) > 4
    shares = [answer.share for answer in told]
    assert shares == sorted(shares)
    assert (shares.index(1), shares[-1]) == (len(told) - 1, 1)
    for one, other in pairwise(told):
        assert one.runs <= other.runs
        assert {group.cause for group in one.groups} <= {group.cause for group in other.groups}
    assert told[0].runs < told[-1].runs
    assert told[-1].groups == (await answers(service_on(history), "", None))[-1].groups


async def test_whoever_has_enough_leaves_nothing_open(
    history: Path, bit_by_bit: None, opened: list[object]
) -> None:
    service = service_on(history)
    async with aclosing(service.failures(RunFilter())) as asked:  # type: ignore[type-var]
        assert (await anext(asked)).share < 1
    await soon(service.closed())
    before = len(opened)
    task = asyncio.create_task(_all(service.failures(RunFilter(), window=None)))
    await eventually(lambda: len(opened) >= before + 3)
    task.cancel()
    await asyncio.wait([task])
    await soon(service.closed())
    assert task.cancelled()
    assert not asyncio.all_tasks() - {asyncio.current_task()}


async def test_without_that_column_there_are_no_errors(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with sqlite3.connect(file) as db:
        db.execute(
            "CREATE TABLE layer_runs (id TEXT, layer_name TEXT, started_at DATETIME,"
            " completed_at DATETIME, status TEXT)"
        )
        db.execute(
            "INSERT INTO layer_runs VALUES ('a', 'b', '2026-11-20 03:00:00.000000', NULL, '')"
        )
    db.close()
    (told,) = await answers(service_on(file), "", None)
    assert (told.groups, told.runs, told.failing, told.first_night) == ((), 1, 0, None)
    assert (await service_on(file).count(parse_filter("cause:*")))[0] == 0
