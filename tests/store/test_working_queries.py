"""A run's work as it is read: every call and insight in short, each whole, whatever they hold."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, service_on
from tests.store.plans import plans_of
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.calls import CallText
from zos_monitor.model.workings import StoredValue, TargetOutcome
from zos_monitor.service import RunService
from zos_monitor.store import working_queries
from zos_monitor.store.working_rows import BEGINNING, ENDING, VALUE_BYTES

THREE = NOW - timedelta(hours=9)
ADA, BRAM = "server:1:user:2", "server:1:user:3"


def at(seconds: float) -> object:
    return THREE + timedelta(seconds=seconds)


@pytest.fixture
async def service(path: Path, zos: ZosWriter) -> AsyncIterator[RunService]:
    service = service_on(path)
    yield service
    await service.closed()


def write_run(zos: ZosWriter) -> tuple[str, str]:
    """Write a run of two calls and an insight, and return the ids of the last of each."""
    zos.server("1", "Home", created_at=THREE)
    zos.person("2", "1", "Ada", captured_at=THREE)
    zos.raw_run(id="run", started_at=THREE, completed_at=at(60), errors='[{"error": "x"}]')
    zos.call("run", ADA, created_at=THREE + timedelta(seconds=9), response="long " * 999)
    call = zos.call(
        "run",
        BRAM,
        created_at=THREE + timedelta(seconds=20),
        success=False,
        error="é" * 900,
        latency_ms=2500,
        cost=None,
        prompt="Say it.",
    )
    zos.call("other", ADA, created_at=THREE)
    insight = zos.insight(
        "run", ADA, created_at=THREE + timedelta(seconds=10), content="ü" * 900, subject="tea"
    )
    return call, insight


async def test_the_whole_of_a_run(
    zos: ZosWriter, service: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id, insight_id = write_run(zos)
    plans = plans_of(monkeypatch, but="layer_runs")
    found = await service.workings("run")
    assert found is not None
    assert (found.call_count, found.insight_count) == (2, 1)
    assert (found.began_at, found.ended_at) == (THREE, at(60))
    good, failed = found.calls
    assert (good.topic, good.topic_name, good.succeeded, good.error) == (ADA, "@Ada", True, "")
    assert (failed.id, failed.topic_name, failed.succeeded) == (call_id, None, False)
    assert (failed.kind, failed.cost_usd, failed.tokens_total) == ("reflection", None, 3200)
    assert (failed.latency, failed.began_at) == (timedelta(seconds=2.5), at(17.5))
    assert failed.error == "é" * 900
    [insight] = found.insights
    assert (insight.id, insight.gist) == (insight_id, "ü" * BEGINNING)
    assert (insight.topic_name, insight.category) == ("@Ada", "user_reflection")
    assert (insight.strength, insight.confidence, insight.importance) == (5.0, 0.6, 0.5)
    assert insight.created_at == at(10)
    assert [(target.topic, target.outcome) for target in found.targets] == [
        (ADA, TargetOutcome.INSIGHT),
        (BRAM, TargetOutcome.ERROR),
        (None, TargetOutcome.ERROR),
    ]
    steps = [step for plan in plans for step in plan]
    assert any("ix_llm_calls_layer_run" in step for step in steps)
    assert any("ix_insights_layer_run" in step for step in steps)
    assert not any(step.startswith(("SCAN t", "USE TEMP")) for step in steps)


async def test_texts_come_whole_one_at_a_time(zos: ZosWriter, service: RunService) -> None:
    call_id, insight_id = write_run(zos)
    assert await service.call_text(call_id) == CallText(
        id=call_id, prompt="Say it.", response=None, error="é" * 900
    )
    insight = await service.insight_text(insight_id)
    assert insight is not None
    assert insight.content == "ü" * 900
    others = dict(insight.others)
    assert list(others)[:3] == ["id", "topic_key", "category"]
    assert (others["subject"], others["valence_curiosity"]) == ("tea", "0.6")
    assert others.keys().isdisjoint({"content", "valence_joy", "open_questions", "supersedes"})
    for ask in (service.call_text, service.insight_text, service.workings, service.stored_row):
        for key in ("nobody", "", "\udcff", "a\0b"):
            assert await ask(key) is None


async def test_only_the_newest_of_very_many_are_listed(
    zos: ZosWriter, service: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_queries, "LISTED", 3)
    zos.raw_run(id="run", started_at=THREE)
    for n in range(5):
        zos.call("run", f"topic-{n}", created_at=THREE)
        zos.insight("run", f"topic-{n}", created_at=THREE)
    found = await service.workings("run")
    assert found is not None
    assert (found.call_count, found.insight_count) == (5, 5)
    listed = [f"topic-{n}" for n in (2, 3, 4)]
    assert [call.topic for call in found.calls] == listed
    assert [insight.topic for insight in found.insights] == listed


async def test_a_row_as_it_is_stored(zos: ZosWriter, service: RunService) -> None:
    zos._connection.execute("ALTER TABLE layer_runs ADD COLUMN [from later] BLOB")
    errors = "x" * (VALUE_BYTES - 1) + "é" * 10
    zos.raw_run(
        **{"id": "run", "started_at": THREE, "completed_at": None, "layer_hash": b"\xff!"},
        **{"targets_matched": "many", "estimated_cost_usd": 0.1, "errors": errors},
        **{"from later": memoryview(b"\x00\xff"), "tokens_total": 2**60},
    )
    found = {value.column: value for value in await service.stored_row("run") or ()}
    names = [row[1] for row in zos._connection.execute("PRAGMA table_info(layer_runs)")]
    assert list(found) == names
    assert found["started_at"] == StoredValue("started_at", "2026-11-21 03:00:00.000000", "text")
    assert found["completed_at"][1:] == ("", "null", 0)
    assert found["targets_matched"][1:] == ("many", "text", 0)
    assert found["targets_skipped"][1:] == ("0", "integer", 0)
    assert found["tokens_total"][1:] == (str(2**60), "integer", 0)
    assert found["estimated_cost_usd"][1:] == ("0.1", "real", 0)
    assert found["from later"][1:] == ("00ff", "blob", 0)
    assert found["layer_hash"][1:] == ("\ufffd!", "text", 0)
    cut = "x" * (VALUE_BYTES - 1)  # é are of two, and not halved
    assert found["errors"][1:] == (cut, "text", 20)


async def test_columns_hold_anything(zos: ZosWriter, service: RunService) -> None:
    zos.raw_run(id="run", started_at="once", completed_at=9, errors="lost")
    for n in range(4):
        zos.call("run", f"topic-{n}", created_at=THREE)
        zos.insight("run", f"topic-{n}", created_at=THREE, content="a\0é" + "b" * 600)
    run = zos._connection.execute
    run("UPDATE llm_calls SET latency_ms = -5, success = 'perhaps', tokens_total = 'lots'")
    run("UPDATE llm_calls SET latency_ms = 1e300, success = 2 WHERE rowid = 2")
    run(
        "UPDATE llm_calls SET created_at = '9999-12-31 23:59:59.999999', latency_ms = 9e18"
        " WHERE rowid = 4"
    )
    run("UPDATE llm_calls SET created_at = x'ff', topic_key = CAST(x'ff' AS TEXT) WHERE rowid = 3")
    run("UPDATE llm_calls SET error_message = x'fe00', response = CAST(x'fe61' AS TEXT)")
    run("UPDATE insights SET strength = 'strong', created_at = 2026, importance = 9e999")
    found = await service.workings("run")
    assert found is not None
    assert len(found.targets) == 6
    assert [call.succeeded for call in found.calls] == [None, True, None, None]
    assert {call.latency for call in found.calls} == {None}
    assert {call.error for call in found.calls} == {"\ufffd\0"}
    assert found.calls[2].topic == "\ufffd"
    insight = found.insights[0]
    assert (insight.strength, insight.importance, insight.created_at) == (None, None, None)
    assert insight.gist == ("a\0é" + "b" * 600)[:BEGINNING]
    text = await service.call_text(found.calls[0].id)
    assert text is not None
    assert (text.response, text.error) == ("\ufffda", "\ufffd\0")


@pytest.mark.parametrize(
    ("sql", "counts"),
    [
        ("DROP TABLE llm_calls", (None, 1)),
        ("DROP TABLE insights", (2, None)),
        ("ALTER TABLE insights DROP COLUMN strength; ALTER TABLE insights DROP COLUMN content;"
         "ALTER TABLE llm_calls DROP COLUMN error_message;"
         "ALTER TABLE llm_calls DROP COLUMN prompt;"
         "ALTER TABLE llm_calls DROP COLUMN latency_ms", (2, 1)),
        ("DROP TABLE user_profiles; DROP TABLE servers;"
         "ALTER TABLE layer_runs DROP COLUMN errors", (2, 1)),
    ],
)  # fmt: skip
async def test_tables_and_columns_may_be_missing(
    zos: ZosWriter, service: RunService, sql: str, counts: tuple[int | None, int | None]
) -> None:
    call_id, insight_id = write_run(zos)
    zos._connection.executescript(sql)
    found = await service.workings("run")
    assert found is not None
    assert (found.call_count, found.insight_count) == counts
    assert (await service.call_text(call_id) is None) == (counts[0] is None)
    assert (await service.insight_text(insight_id) is None) == (counts[1] is None)
    assert await service.stored_row("run") is not None


async def test_the_targets_of_all_runs_agree_with_what_is_counted(history: Path) -> None:
    with closing(sqlite3.connect(history)) as connection:
        runs = connection.execute("SELECT CAST(id AS BLOB) FROM layer_runs").fetchall()
        topics = Counter(
            run_id for run_id, _ in connection.execute(
                "SELECT layer_run_id, topic_key FROM llm_calls"
                " UNION SELECT layer_run_id, topic_key FROM insights"
            )
        )  # fmt: skip
    service = service_on(history)
    kinds: Counter[str] = Counter()
    for (raw,) in runs[::7] + runs[-45:]:
        run_id = raw.decode("utf-8", "replace")
        run, found = await service.run(run_id), await service.workings(run_id)
        assert (run is None) == (found is None)
        if run is None or found is None:
            continue
        told = Counter(target.outcome for target in found.targets if target.topic is not None)
        kinds.update(told.elements())
        worked = [target for target in found.targets if target.calls or target.insights]
        assert len(worked) == topics[run_id]
        assert sum(target.errors for target in found.targets) == len(run.errors or run.early_errors)
        if run.progress is not None and (run.targets_matched or 0) >= len(found.targets):
            assert told[TargetOutcome.INSIGHT] == run.progress.with_insight
            assert told[TargetOutcome.ERROR] == run.progress.failed
            assert told[TargetOutcome.IN_FLIGHT] == run.progress.in_flight
        if run.progress is None:
            assert not told[TargetOutcome.IN_FLIGHT]
    assert {*kinds} >= {TargetOutcome.INSIGHT, TargetOutcome.ERROR, TargetOutcome.NO_RESULT}
    await service.closed()


async def test_an_open_run_is_told_as_its_progress_is(zos: ZosWriter, service: RunService) -> None:
    for n in range(3):  # the layer makes two calls on each target
        zos.raw_run(id=f"past-{n}", started_at=THREE - timedelta(days=n + 1), completed_at=THREE)
        zos.call(f"past-{n}", ADA, created_at=THREE)
        zos.call(f"past-{n}", ADA, created_at=THREE)
    zos.raw_run(
        id="open", started_at=NOW - timedelta(minutes=1), completed_at=None, targets_matched=9
    )
    outcomes = []
    for topic, success in (("a", True), ("b", False), ("b", True), ("c", True), ("c", True)):
        zos.call("open", topic, created_at=NOW, success=success, error=None if success else "late")
        run, found = await service.run("open"), await service.workings("open")
        assert run is not None
        assert run.progress is not None
        assert found is not None
        told = Counter(target.outcome for target in found.targets)
        outcomes.append([told[outcome] for outcome in TargetOutcome])
        progress = run.progress
        assert outcomes[-1] == [
            progress.with_insight,
            progress.failed,
            progress.without,
            progress.in_flight,
        ]
        assert found.ended_at == NOW
        assert sum(target.errors for target in found.targets) == progress.errors
    assert outcomes == [[0, 0, 0, 1], [0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 1, 1], [0, 1, 2, 0]]


async def test_of_a_long_error_the_list_has_its_beginning_and_its_end(
    writer: ZosWriter, path: Path
) -> None:
    frames = "  é\n" * 3_000
    message = f"Traceback (most recent call last):\n{frames}TimeoutError: too late"
    run_id = writer.start_run("users", started_at=NOW, targets_matched=1)
    call_id = writer.call(run_id, None, created_at=NOW, success=False, error=message)
    service = service_on(path)
    workings, text = await service.workings(run_id), await service.call_text(call_id)
    assert workings is not None
    assert text is not None
    (call,) = workings.calls
    assert call.error == f"{message[:BEGINNING]}\n…\n{message[-ENDING:]}"
    assert text.error == message
