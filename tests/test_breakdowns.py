"""The full statistics against an independent reckoning, and how they come bit by bit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import aclosing, closing
from datetime import UTC, date, datetime, timedelta, tzinfo
from math import ceil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOW, service_on
from tests.store.plans import plans_of
from tests.store.test_total_queries import Raw, cost, instant, numbers, older, stored
from tests.waiting import eventually, soon
from zos_monitor import breakdowns, sweep
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.breakdown import Breakdown, LayerFigures, ModelFigures
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.service import RunService
from zos_monitor.store import slices

__all__ = ["older"]
Calls = dict[str, list[sqlite3.Row]]
MONTH = stored(NOW - timedelta(days=30))
KATHMANDU = ZoneInfo("Asia/Kathmandu")
CASES = [
    ("", "1", UTC),
    ("since:all", "1", KATHMANDU),
    ("since:30d", f"started_at >= '{MONTH}'", KATHMANDU),
    ("layer:nightly-*", "layer_name LIKE 'nightly-%'", UTC),
    (
        "status:failed,partial since:30d",
        f"status IN ('failed', 'partial') AND completed_at IS NOT NULL AND started_at >= '{MONTH}'",
        UTC,
    ),
    ("layer:nothing", "0", UTC),
]


async def told(service: RunService, flt: RunFilter) -> list[Breakdown]:
    async with asyncio.timeout(20):
        return [answer async for answer in service.breakdown(flt)]


def nearest_rank(values: Iterable[float]) -> float | None:
    ranked = sorted(values)
    return ranked[ceil(95 * len(ranked) / 100) - 1] if ranked else None


def seconds(span: timedelta | None) -> float | None:
    return span.total_seconds() if span is not None else None


def near(value: float | None, rel: float = 1e-9) -> object:
    return None if value is None else pytest.approx(value, rel=rel, abs=2e-3)


def total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def tokens(row: sqlite3.Row, calls: list[sqlite3.Row], name: str) -> int | None:
    called = any(isinstance(call["tokens_total"], int) for call in calls)
    values = [one[name] for one in (calls if called else [row])]
    known = [value for value in values if isinstance(value, int)]
    return sum(known) if known else None


def check_layer(
    found: LayerFigures, rows: list[sqlite3.Row], calls: Calls, everything: float | None
) -> None:
    for name, figure in (("input", found.tokens_input), ("output", found.tokens_output)):
        assert figure == total(tokens(row, calls[row["id"]], f"tokens_{name}") for row in rows)
    spent = total(cost(row, calls[row["id"]]) for row in rows)
    share = spent / everything if spent is not None and everything else None
    assert found.share == near(share)
    spans = []
    for row in rows:
        began, ended = instant(row["started_at"]), instant(row["completed_at"])
        if began is not None and ended is not None and ended >= began:
            spans.append((ended - began).total_seconds())
    assert found.totals.timed == len(spans)
    assert seconds(found.p95_duration) == near(nearest_rank(spans), 1 / 4096)


def check_days(
    found: LayerFigures, rows: list[sqlite3.Row], calls: Calls, zone: tzinfo
) -> dict[date, float]:
    days: dict[date, float] = defaultdict(float)
    for row in rows:
        began, spent = instant(row["started_at"]), cost(row, calls[row["id"]])
        if began is not None and spent is not None:
            days[began.astimezone(zone).date() if began.year > 1 else began.date()] += spent
    assert found.cost_by_day == {day: near(spent) for day, spent in sorted(days.items())}
    assert list(found.cost_by_day) == sorted(days)
    return days


def check_model(found: ModelFigures, calls: list[sqlite3.Row], everything: float | None) -> None:
    assert (found.calls, found.failed_calls) == (
        len(calls),
        sum(call["success"] == 0 for call in calls),
    )
    for name, figure in (("input", found.tokens_input), ("output", found.tokens_output)):
        values = [call[f"tokens_{name}"] for call in calls]
        assert figure == total(value for value in values if isinstance(value, int))
    spent = total(numbers(call["estimated_cost_usd"] for call in calls))
    assert found.cost_usd == near(spent)
    assert found.share == near(spent / everything if spent is not None and everything else None)
    latencies = [
        value / 1000
        for call in calls
        if call["success"] != 0 and isinstance(value := call["latency_ms"], int)
    ]
    assert seconds(found.p95_latency) == near(nearest_rank(latencies), 1 / 4096)
    mean = sum(latencies) / len(latencies) if latencies else None
    assert seconds(found.average_latency) == near(mean)
    made = [at for call in calls if (at := instant(call["created_at"])) is not None]
    assert found.last_called == max(made, default=None)


async def compare(database: Path, text: str, where: str, zone: tzinfo) -> Breakdown:
    service = service_on(database)
    service.zone = zone
    flt = parse_filter(text)
    found = (await told(service, flt))[-1]
    totals = await soon(service.totals(flt))
    assert (found.since, found.until, found.gone_through) == (totals.since, totals.until, 1.0)
    raw = Raw(database)
    by_layer, calls = raw.by_layer(where), raw.calls()
    rows = [row for rows in by_layer.values() for row in rows]
    everything = total(cost(row, calls[row["id"]]) for row in rows)
    assert [layer.name for layer in found.by_layer] == [one.layer_name for one in totals.by_layer]
    for layer, same in zip(found.by_layer, totals.by_layer, strict=True):
        assert layer.totals.counts == same.counts
        assert (layer.totals.tokens, layer.totals.insights) == (same.tokens, same.insights)
        assert layer.totals.cost_usd == near(same.cost_usd)
        check_layer(layer, by_layer[layer.name], calls, everything)
        check_days(layer, by_layer[layer.name], calls, zone)
    assert found.overall.totals.counts == totals.overall.counts
    assert found.overall.totals.uncosted == totals.overall.uncosted
    check_layer(found.overall, rows, calls, everything)
    check_days(found.overall, rows, calls, zone)
    models: dict[tuple[str, str], list[sqlite3.Row]] = defaultdict(list)
    for run in {row["id"] for row in rows}:
        for call in calls[run]:
            models[call["model_provider"] or "", call["model_name"] or ""].append(call)
    assert {(one.provider, one.name) for one in found.by_model} == set(models)
    costs = [total(numbers(c["estimated_cost_usd"] for c in made)) for made in models.values()]
    for one in found.by_model:
        check_model(one, models[one.provider, one.name], total(costs))
    spent = [one.cost_usd or 0.0 for one in found.by_model]
    assert spent == sorted(spent, reverse=True)
    return found


@pytest.mark.parametrize(("text", "where", "zone"), CASES)
async def test_figures_equal_plain_python(
    history: Path, text: str, where: str, zone: tzinfo
) -> None:
    found = await compare(history, text, where, zone)
    assert bool(found.by_layer) == bool(found.by_model) == (where != "0")


async def test_figures_equal_plain_python_where_no_calls_are_recorded(older: Path) -> None:
    found = await compare(older, "", "1", KATHMANDU)
    assert found.by_model == ()
    assert found.overall.tokens_input is not None


async def test_the_newest_success_and_failure_are_told_whatever_the_filter(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = plans_of(monkeypatch)
    found = (await told(service_on(history), parse_filter("status:partial since:7d")))[-1]
    looked_back = [plan for plan in plans if any("layer_name=?" in step for step in plan)]
    assert len(looked_back) >= len(found.by_layer)
    assert not any("ORDER BY" in step for plan in looked_back for step in plan)
    ended: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for row in Raw(history).rows("SELECT * FROM layer_runs WHERE completed_at IS NOT NULL"):
        if (began := instant(row["started_at"])) is not None:
            ended[row["layer_name"]][row["status"]].append(began)
    assert found.by_layer
    for layer in found.by_layer:
        starts = ended[layer.name]
        assert layer.last_success == max(starts["success"], default=None)
        assert layer.last_failure == max(starts["failed"], default=None)
    lasts = [layer.last_failure for layer in found.by_layer if layer.last_failure is not None]
    assert found.overall.last_failure == max(lasts, default=None)


async def test_names_that_are_no_text_have_figures_too(zos: ZosWriter, path: Path) -> None:
    names: list[object] = [b"broken \xff name", memoryview(b"\xfe"), "plain"]
    for hours, name in enumerate(names, 1):
        at = NOW - timedelta(hours=hours)
        zos.raw_run(layer_name=name, started_at=at, status="success")
        zos.raw_run(layer_name=name, started_at=at - timedelta(days=9), status="failed")
    found = (await told(service_on(path), parse_filter("since:7d")))[-1]
    assert [layer.last_success for layer in found.by_layer].count(None) == 0
    assert [layer.last_failure for layer in found.by_layer].count(None) == 0
    assert found.overall.last_success == NOW - timedelta(hours=1)


async def test_the_last_call_of_a_model_is_the_last_in_time_however_it_is_written(
    zos: ZosWriter, path: Path
) -> None:
    zos.raw_run(id="run", started_at=NOW - timedelta(hours=2), status="success")
    zos.call("run", "topic", created_at=NOW - timedelta(hours=1))
    zos.call("run", "topic", created_at=NOW - timedelta(minutes=90))
    with closing(sqlite3.connect(path)) as other:
        other.execute(
            "UPDATE llm_calls SET created_at = replace(created_at, ' ', 'T') || 'Z'"
            " WHERE created_at = (SELECT min(created_at) FROM llm_calls)"
        )
        other.commit()
    found = (await told(service_on(path), parse_filter("since:7d")))[-1]
    assert [model.last_called for model in found.by_model] == [NOW - timedelta(hours=1)]


@pytest.fixture
def bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few runs take many reads, and have each of them answered."""
    monkeypatch.setattr(sweep, "_FIRST_RUNS", 20)
    monkeypatch.setattr(sweep, "_LEAST_RUNS", 20)
    monkeypatch.setattr(sweep, "SLICE_RUNS", 40)
    monkeypatch.setattr(slices, "SLICE_RUNS", 40)
    monkeypatch.setattr(sweep, "GAP_SECONDS", 0.0)
    monkeypatch.setattr(breakdowns, "ANSWER_SECONDS", 0.0)
    monkeypatch.setattr(breakdowns, "_ANSWER_SHARE", 0.0)
    monkeypatch.setattr(breakdowns, "_LASTS_SECONDS", 0.0)


@pytest.mark.parametrize("text", ["", "since:30d"])
async def test_answers_grow_until_they_are_whole(
    history: Path, monkeypatch: pytest.MonkeyPatch, bit_by_bit: None, text: str
) -> None:
    answers = await told(service_on(history), parse_filter(text))
    assert len(answers) > 4
    shares = [answer.gone_through for answer in answers]
    assert shares == sorted(shares)
    assert shares[0] < 0.5 < shares[-2] < shares[-1] == 1.0
    runs = [answer.overall.totals.runs for answer in answers]
    assert runs == sorted(runs)
    assert runs[0] < runs[-1]
    monkeypatch.undo()
    whole = (await told(service_on(history), parse_filter(text)))[-1]
    assert whole.overall.totals.counts == Counter(answers[-1].overall.totals.counts)
    assert whole.overall.p95_duration == answers[-1].overall.p95_duration
    assert [one.last_failure for one in whole.by_layer] == [
        one.last_failure for one in answers[-1].by_layer
    ]


async def test_whoever_has_enough_leaves_nothing_open(
    history: Path, bit_by_bit: None, opened: list[object]
) -> None:
    service = service_on(history)
    async with aclosing(service.breakdown(RunFilter())) as answers:  # type: ignore[type-var]
        assert (await anext(answers)).gone_through < 1
    await soon(service.closed())
    before = len(opened)

    async def ask() -> None:
        await told(service, RunFilter())

    task = asyncio.create_task(ask())
    await eventually(lambda: len(opened) >= before + 3)
    task.cancel()
    await asyncio.wait([task])
    await soon(service.closed())
    after = len(opened)
    await asyncio.sleep(0.02)
    assert (task.cancelled(), len(opened)) == (True, after)
