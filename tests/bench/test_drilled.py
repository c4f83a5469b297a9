"""What the bench drills into holds what it says, and whole answers are told from growing ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("pyte")

from tests.bench import drilled
from tests.bench.drilled import HEAVY, LIGHT, Load
from tests.bench.plain import plain
from tests.bench.screen import Screen
from tests.bench.sweeping import SWEEPS
from tests.demo.rows import rows, values
from zos_monitor.model.causes import cause_of

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
FOUND = ": 2 causes, 9 errors in 4 of 12 runs"


@pytest.mark.parametrize("load", [HEAVY, LIGHT], ids=lambda load: load.name)
def test_the_second_newest_run_has_the_load(load: Load, tmp_path: Path) -> None:
    path = drilled.database(load, now=NOW, folder=tmp_path)
    with plain(path) as asking:
        newest, run = asking.newest(2)
    assert (newest.layer, run.layer) == (drilled.OTHER_LAYER, drilled.LAYER)

    sizes = "SELECT length(prompt), length(response) FROM llm_calls WHERE layer_run_id = ?"
    calls = rows(path, f"{sizes} ORDER BY created_at", run.id)
    assert len(calls) == load.calls
    assert all(prompt >= drilled.PROMPT_LENGTH for prompt, _ in calls)
    assert calls[0][1] >= load.response_length
    insights = values(path, "SELECT count(*) FROM insights WHERE layer_run_id = ?", run.id)
    assert insights == [load.insights]

    [text] = values(path, "SELECT errors FROM layer_runs WHERE id = ?", run.id)
    errors = json.loads(text)
    assert len(errors) == load.errors
    assert all(len(error["error"]) >= load.error_length for error in errors)
    assert cause_of(errors[0]["error"]) == drilled.CAUSE


def test_the_run_has_an_earlier_success_to_compare_with(tmp_path: Path) -> None:
    path = drilled.database(LIGHT, now=NOW, folder=tmp_path)
    sql = "SELECT status, layer_hash FROM layer_runs WHERE layer_name = ? ORDER BY started_at"
    (earlier, other), (status, layer_hash) = rows(path, sql, drilled.LAYER)
    assert (earlier, status) == ("success", "failed")
    assert layer_hash == drilled.LAYER_HASH != other


@pytest.mark.parametrize(
    ("title", "end", "whole"),
    [
        ("Failures by cause, last 30 days", "last seen first", False),
        (f"Failures by cause, last 30 days{FOUND}", "40% gone through, last seen first", False),
        (f"Failures by cause, last 30 days{FOUND}", "last seen first", True),
        (f"By layer, last 7 days{FOUND}", "last seen first", False),
    ],
)
def test_an_answer_is_whole_once_all_runs_are_in_it(title: str, end: str, whole: bool) -> None:
    screen = Screen()
    screen.feed(f"╭─ {title} ─╮\r\n│CAUSE\r\n╰─ {end} ─╯".encode())
    assert SWEEPS[0].whole(screen) is whole


def test_the_cursor_of_another_list_is_found() -> None:
    made = ("╭─ Failures by cause, all ──╮", "│CAUSE        ERRORS        │")
    causes = ("│429 rate limit           4 │", "\x1b[7m│connection error     2\x1b[0m     │")
    screen = Screen()
    screen.feed("\r\n".join((*made, *causes, f"│{' ' * 27}│", "╰───╯")).encode())
    assert SWEEPS[0].cursor(screen) == "connection error    "
    assert [row.lit for row in SWEEPS[0].rows(screen)] == [False, True]
    assert not screen.rows()
