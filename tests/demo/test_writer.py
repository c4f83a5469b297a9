from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.demo.rows import rows, values
from zos_monitor.demo.prices import REFLECTION
from zos_monitor.demo.writer import ZosWriter

THREE = datetime(2026, 11, 21, 3, tzinfo=UTC)
LATER = THREE + timedelta(seconds=90, microseconds=25)
ODD = "socket \udcff closed — \x1b[31mлишь\x1b[0m\n[bold]"


def start(writer: ZosWriter) -> str:
    return writer.start_run("nightly-user-reflection", started_at=THREE, targets_matched=9)


def test_a_run_in_progress_looks_like_a_dry_one(writer: ZosWriter, path: Path) -> None:
    run = start(writer)
    assert rows(path, "SELECT * FROM layer_runs") == [
        (
            *(run, "nightly-user-reflection", "5f0c1ab2d94e7736"),
            *("2026-11-21 03:00:00.000000", None, "dry", 9, 0, 0, 0, "reflection"),
            *(None, None, None, None, None, None, "null"),
        )
    ]


def test_the_end_is_one_update(writer: ZosWriter, path: Path) -> None:
    run = start(writer)
    errors = [{"topic": "self:zos", "error": ODD, "node": "reflect"}]
    writer.finish_run(
        run,
        completed_at=LATER,
        status="partial",
        processed=8,
        skipped=1,
        insights=8,
        tokens_in=10,
        tokens_out=5,
        cost=0.5,
        errors=errors,
        model=REFLECTION,
    )
    [row] = rows(path, "SELECT * FROM layer_runs")
    assert row[4:17] == (
        *("2026-11-21 03:01:30.000025", "partial", 9, 8, 1, 8, "reflection", "anthropic"),
        *("claude-sonnet-4-6", 10, 5, 15, 0.5),
    )
    assert row[17].isascii()
    assert "\\udcff" in row[17]
    assert json.loads(row[17]) == errors


def test_no_errors_are_the_json_text_null(writer: ZosWriter, path: Path) -> None:
    writer.finish_run(start(writer), completed_at=LATER, processed=9, tokens_in=None)
    assert rows(
        path, "SELECT errors, typeof(errors), tokens_total, model_name FROM layer_runs"
    ) == [("null", "text", None, None)]


def test_an_unknown_run_cannot_end(writer: ZosWriter) -> None:
    with pytest.raises(KeyError):
        writer.finish_run("nobody", completed_at=LATER, processed=0)


def test_calls_and_insights_are_stored_as_they_come(writer: ZosWriter, path: Path) -> None:
    run = start(writer)
    writer.call(run, "self:zos", created_at=LATER, tokens_in=7, tokens_out=2, latency_ms=40)
    writer.call(None, None, created_at=LATER, success=False, error="", call_type="vision")
    writer.insight(run, "server:1:user:2", created_at=LATER, content="静か", context_thread="5")
    assert rows(
        path,
        "SELECT layer_run_id, topic_key, call_type, tokens_total, latency_ms, success,"
        " error_message, response IS NULL, created_at FROM llm_calls",
    ) == [
        (run, "self:zos", "reflection", 9, 40, 1, None, 0, "2026-11-21 03:01:30.000025"),
        (None, None, "vision", 3200, 9000, 0, "", 1, "2026-11-21 03:01:30.000025"),
    ]
    assert rows(
        path, "SELECT layer_run_id, topic_key, content, context_thread, participants FROM insights"
    ) == [(run, "server:1:user:2", "静か", "5", "null")]
    assert rows(path, "SELECT key, category, is_global FROM topics") == [
        ("server:1:user:2", "user", 0)
    ]


def test_each_step_is_one_commit(writer: ZosWriter, path: Path) -> None:
    run = start(writer)
    steps: list[Callable[[], object]] = [
        lambda: start(writer),
        lambda: writer.call(run, "self:zos", created_at=LATER),
        lambda: writer.insight(run, "self:zos", created_at=LATER),
        lambda: writer.message("1", "2", created_at=LATER),
        lambda: writer.finish_run(run, completed_at=LATER, processed=1),
    ]
    with closing(sqlite3.connect(path)) as other:
        for step in steps:
            before = other.execute("PRAGMA data_version").fetchone()
            step()
            assert other.execute("PRAGMA data_version").fetchone() != before


def test_a_batch_is_written_whole_or_not_at_all(writer: ZosWriter, path: Path) -> None:
    with writer.batch():
        start(writer)
        with writer.batch():
            start(writer)
        assert values(path, "SELECT count(*) FROM layer_runs") == [0]
    with pytest.raises(KeyError), writer.batch():  # noqa: PT012 — both belong to one batch
        start(writer)
        writer.finish_run("nobody", completed_at=LATER, processed=0)
    assert values(path, "SELECT count(*) FROM layer_runs") == [2]


def test_a_locked_database_takes_nothing_and_can_be_tried_again(path: Path) -> None:
    with ZosWriter(path, busy_seconds=0.01) as writer, closing(sqlite3.connect(path)) as other:
        run = start(writer)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            writer.insight(run, "self:zos", created_at=LATER)
        other.rollback()
        writer.insight(run, "self:zos", created_at=LATER)
    assert values(path, "SELECT count(*) FROM insights") == [1]


def test_a_raw_run_looks_plain_unless_told_otherwise(writer: ZosWriter, path: Path) -> None:
    plain = writer.raw_run()
    odd = writer.raw_run(
        id="dev_manual",
        started_at="yesterday",
        status="paused",
        errors=b'["\xff"]',
        tokens_total=-1,
    )
    assert odd == "dev_manual"
    told = "SELECT status, started_at = completed_at, tokens_total, hex(errors) FROM layer_runs"
    assert rows(path, f"{told} WHERE id = ?", plain) == [("success", 1, 3200, "6E756C6C")]
    assert rows(path, f"{told} WHERE id = ?", odd) == [("paused", 1, -1, "5B22FF225D")]
    assert values(path, "SELECT typeof(errors) FROM layer_runs") == ["text", "text"]


def test_the_surroundings_give_topics_their_names(writer: ZosWriter, path: Path) -> None:
    writer.server("1", "The Lantern Room", created_at=THREE)
    writer.channel("2", "1", None, created_at=THREE)
    writer.person("3", "1", b"Zo\xff", captured_at=THREE, username="zoe")
    assert rows(path, "SELECT id, name FROM servers") == [("1", "The Lantern Room")]
    assert rows(path, "SELECT id, server_id, name FROM channels") == [("2", "1", None)]
    assert rows(path, "SELECT hex(display_name), username FROM user_profiles") == [
        ("5A6FFF", "zoe")
    ]


def test_an_existing_database_is_opened_as_it_is(path: Path) -> None:
    with ZosWriter(path) as writer:
        start(writer)
    with closing(sqlite3.connect(path)) as other:
        before = other.execute("PRAGMA data_version").fetchone()
        ZosWriter(path, seed=8).close()
        assert other.execute("PRAGMA data_version").fetchone() == before
    assert values(path, "SELECT count(*) FROM layer_runs") == [1]
