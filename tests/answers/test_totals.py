"""Statistics against plain sums over all rows, and of layers by their exact names."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.answers.plainly import OPEN, Plain, days_before, figures, iso, last, runs_of, strict
from tests.conftest import NOW, service_on
from zos_monitor.answers import exact
from zos_monitor.answers.filters import narrowed
from zos_monitor.answers.totals import stats
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import NotFound
from zos_monitor.model.filters import FilterError

DAY = timedelta(days=1)
OVERALL = {"runs": "total_runs", "insights": "total_insights"}
Chosen = Callable[[Plain], bool]


async def ask(
    path: Path, *, days: int | None = None, layer: str | None = None, text: str = ""
) -> Any:  # noqa: ANN401
    service = service_on(path)
    answer = await stats(service, narrowed(text), days=days, layer_name=layer)
    await service.closed()
    return strict(answer)


def assert_figures(told: dict[str, Any], expected: dict[str, Any]) -> None:
    expected = dict(expected)
    assert sum(told[state] for state in OPEN) == expected.pop("open")
    for name, value in expected.items():
        close = name.startswith(("total_cost", "avg"))
        assert told[name] == (pytest.approx(value, rel=1e-6, abs=1e-3) if close else value), name


def assert_told(told: dict[str, Any], runs: list[Plain]) -> None:
    expected = figures(runs)
    assert_figures(told, {OVERALL.get(name, name): value for name, value in expected.items()})
    counts = [told[name] for name in told if name.endswith("_runs") and name != "total_runs"]
    assert sum(counts) == told["total_runs"]
    assert told["last_success"] == last(runs, "success")
    assert told["last_failure"] == last(runs, "failed", "partial")
    assert set(told["by_layer"]) == {run.layer for run in runs}
    for name, layer in told["by_layer"].items():
        assert_figures(layer, figures(run for run in runs if run.layer == name))


async def test_every_figure_is_that_of_a_plain_sum(history: Path) -> None:
    runs = runs_of(history)
    assert {run.state for run in runs} == {"success", "partial", "failed", "dry", "unknown", "open"}
    for days in (1, 7, 30, 365, None):
        told = await ask(history, days=days)
        since = days_before(NOW, days)
        assert_told(told, [run for run in runs if run.since(since)])
        assert (told["period_days"], told["since"], told["until"]) == (days, iso(since), None)
        assert told["runs_per_day"] == (told["total_runs"] / days if days else None)


async def test_a_layer_is_told_of_alone(history: Path) -> None:
    runs = runs_of(history)
    names = {run.layer for run in runs}
    assert "broken \ufffd name" in names
    for name in names:
        told = await ask(history, days=30, layer=name)
        assert_told(told, [r for r in runs if r.layer == name and r.since(days_before(NOW, 30))])


async def test_a_filter_narrows_the_runs(history: Path) -> None:
    runs = runs_of(history)
    since, until = NOW - 20 * DAY, NOW - 10 * DAY
    cases: list[tuple[str, int | None, Chosen, float | None]] = [
        ("status:failed,partial", 7, lambda r: r.state in ("failed", "partial"), 7),
        ("status:success", None, lambda r: r.state == "success", None),
        ("layer:nightly-* -layer:*dyad*", 30, lambda r: _nightly(r) and "dyad" not in r.layer, 30),
        ("since:20d until:10d", None, lambda r: r.since(since) and not r.since(until), 10),
        ("since:20d until:2099-01-01", None, lambda r: r.since(since) and _text(r), 20),
        ("since:2099-01-01", None, lambda r: r.since(NOW + 10_000 * 30 * DAY), None),
        ("since:all", None, lambda r: True, None),
        ("layer:none", 7, lambda r: False, 7),
    ]
    for text, days, chosen, length in cases:
        told = await ask(history, days=days, text=text)
        bound = days_before(NOW, days)
        assert_told(told, [run for run in runs if chosen(run) and run.since(bound)])
        assert told["period_days"] == days
        rate = told["total_runs"] / length if length else None
        assert told["runs_per_day"] == pytest.approx(rate), text


def _nightly(run: Plain) -> bool:
    return run.layer.startswith("nightly-")


def _text(run: Plain) -> bool:
    return isinstance(run.row["started_at"], str) and run.row["started_at"] < "2099"


async def test_a_last_failure_lies_within_the_period(zos: ZosWriter, path: Path) -> None:
    zos.raw_run(id="long-ago", started_at=NOW - 20 * DAY, status="failed")
    zos.raw_run(id="some-day", started_at=memoryview(b"\xff"), status="failed")
    told = await ask(path, days=7)
    assert (told["failed_runs"], told["last_failure"]) == (1, None)
    assert (await ask(path, days=30))["last_failure"] == iso(NOW - 20 * DAY)


async def test_what_begins_meanwhile_is_no_part_of_the_answer(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zos.raw_run(id="then", layer_name="a", started_at=NOW - 2 * DAY)
    service = service_on(path)
    totals = service.totals

    async def overtaken(*asked: Any, **more: Any) -> Any:  # noqa: ANN401
        found = await totals(*asked, **more)
        zos.raw_run(id="meanwhile", layer_name="a", started_at=NOW - DAY)
        return found

    monkeypatch.setattr(service, "totals", overtaken)
    for layer in (None, "a"):
        told = strict(await stats(service, narrowed(), days=7, layer_name=layer))
        assert (told["total_runs"], told["last_run"]) == (1, told["last_success"])
        zos._connection.execute("DELETE FROM layer_runs WHERE id = 'meanwhile'")
        zos._connection.commit()
    await service.closed()


async def test_a_status_that_is_no_text_is_unknown_to_all(zos: ZosWriter, path: Path) -> None:
    zos.raw_run(id="bytes", started_at=NOW - DAY, status=memoryview(b"failed"))
    for text, unknown in (("", 1), ("status:unknown", 1), ("status:failed", 0)):
        told = await ask(path, text=text)
        assert (told["total_runs"], told["unknown_runs"], told["failed_runs"]) == (
            unknown,
            unknown,
            0,
        )


async def test_a_filter_that_names_a_time_takes_no_days(history: Path) -> None:
    for text in ("since:3d", "until:2026-11-01", "since:all Ada"):
        with pytest.raises(ValueError, match="names a time itself"):
            await ask(history, days=7, text=text)
    for days in (0, -1, 10_000_000):
        with pytest.raises(ValueError):  # noqa: PT011
            await ask(history, days=days)
    with pytest.raises(FilterError):
        await ask(history, days=7, text='layer:"open')


async def test_no_layer_of_the_name(history: Path, tmp_path: Path) -> None:
    layers = tmp_path / "zos" / "layers"
    layers.mkdir(parents=True)
    (layers / "new.yaml").write_text("name: never-ran\nschedule: '0 3 * * *'\n")
    for name in ("none", "NIGHTLY-user-reflection", "nightly-*", "", "\0", "x" * 2000, "\udcff"):
        with pytest.raises(NotFound):
            await ask(history, days=7, layer=name)
    service = service_on(history)
    service._zos_dir = tmp_path / "zos"
    told = strict(await stats(service, narrowed(), days=7, layer_name="never-ran"))
    assert (told["total_runs"], told["by_layer"], told["success_rate"]) == (0, {}, None)
    old = await ask(history, text="until:2020-01-01", layer="nightly-user-reflection")
    assert (old["total_runs"], old["last_run"], old["runs_per_day"]) == (0, None, None)


ODD_NAMES = [
    *(
        "a",
        "A",
        "á",
        "Á",
        "a b",
        "a,b",
        'say "a"',
        "*",
        "a*",
        "-a",
        "a:b",
        "\\",
        "a\\*",
        " a ",
        "ß",
    ),
    *(
        "\t",
        "a\nb",
        "\U0001f600",
        "status:failed",
        "x" * 999,
        "x" * 2000,
        "*" * 700,
        "#1",
        "'",
        ",",
    ),
]


async def test_names_that_a_filter_could_take_for_others(zos: ZosWriter, path: Path) -> None:
    for number, name in enumerate(ODD_NAMES):
        at = NOW - timedelta(hours=number + 1)
        zos.raw_run(layer_name=name, started_at=at, status="failed")
        zos.raw_run(layer_name=name, started_at=at - DAY, insights_created=number)
        zos.raw_run(layer_name=name, started_at="yesterday", status="failed")
    runs = runs_of(path)
    whole = await ask(path)
    assert set(whole["by_layer"]) == set(ODD_NAMES)
    for name in ODD_NAMES:
        of_it = [run for run in runs if run.layer == name]
        assert len(of_it) == 3
        told = await ask(path, days=7, layer=name)
        assert_told(told, of_it)
        assert told["by_layer"][name] == whole["by_layer"][name]


async def test_the_last_success_may_be_far_down_among_others(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact, "_PAGE", 3)
    zos.raw_run(layer_name="a", started_at=NOW - DAY)
    for minutes in range(11):
        zos.raw_run(layer_name="A", started_at=NOW - timedelta(minutes=minutes))
    told = await ask(path, days=7, layer="a")
    assert (told["total_runs"], told["last_success"]) == (1, iso(NOW - DAY))
    told = await ask(path, days=7, layer="A")
    assert (told["total_runs"], told["last_success"]) == (11, iso(NOW))


@pytest.mark.parametrize(
    "gone", ["llm_calls", "insights", "both", "rows", "runs but open", "known"]
)
async def test_small_databases(zos: ZosWriter, path: Path, gone: str) -> None:
    if gone != "rows":
        for status in ("success", "paused", "Failed", "", "dry", "partial"):
            run = zos.raw_run(started_at=NOW - DAY, status=status, estimated_cost_usd=None)
            zos.call(run, "server:1:user:2", created_at=NOW - DAY, cost=0.1)
        for hours in (0, 1, 30):
            zos.start_run("once", started_at=NOW - timedelta(hours=hours), targets_matched=3)
    with closing(sqlite3.connect(path)) as other, other:
        for table in {"both": ("llm_calls", "insights")}.get(gone, (gone,)):
            if table in ("llm_calls", "insights"):
                other.execute(f"DROP TABLE {table}")
        if gone in ("runs but open", "known"):
            closed = "IS NOT NULL" if gone == "runs but open" else "IS NULL OR status = 'success'"
            other.execute(f"DELETE FROM layer_runs WHERE completed_at {closed}")
    runs = runs_of(path)
    assert len(runs) == {"rows": 0, "runs but open": 3, "known": 5}.get(gone, 9)
    for days in (1, 7, None):
        assert_told(
            await ask(path, days=days), [r for r in runs if r.since(days_before(NOW, days))]
        )


async def test_sums_that_no_number_holds_are_left_out_of_the_json(
    zos: ZosWriter, path: Path
) -> None:
    for layer in "ab":
        zos.raw_run(layer_name=layer, started_at=NOW - DAY, estimated_cost_usd=1e308)
    told = await ask(path, days=7)
    assert (told["total_runs"], told["total_cost_usd"]) == (2, 0.0)
