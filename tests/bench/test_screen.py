from __future__ import annotations

import pytest

from tests.bench.runs import Run

pytest.importorskip("pyte")

from tests.bench.screen import LINES, Screen

FAILED = Run(
    "01M80DB5D5000003RCTMD29QFE", "nightly-subject-reflection", "failed", "2026-11-20 21:14"
)
DRY = Run("01M804P954000003R8TMD29QFE", "dm-response", "dry", "2026-11-21 22:47")
OPEN = Run("01M7WXJ0MW000003NYTMD29QFE", "dm-response", None, "2026-11-21 22:40")
LIT = "\x1b[48;5;4m"


def screen(*rows: str, pane: str = "") -> Screen:
    lines = ["╭─ Runs ─────────────────────────────────────╮╭─ Run ─╮", "│STARTED   LAYER │"]
    for row in rows:
        lit = row.startswith(LIT)
        lines.append(f"│{LIT if lit else ''}{row.removeprefix(LIT):44}\x1b[0m││{pane}│")
    made = Screen()
    made.feed("\r\n".join([*lines, "╰─╯"]).encode())
    return made


ROWS = ("3h ago      nightly-subject-r… ✗ failed 0/3", "2h ago      dm-response        · dry 2/2")


@pytest.mark.parametrize(
    ("row", "run", "there"),
    [
        (ROWS[0], FAILED, True),
        (ROWS[1], DRY, True),
        (ROWS[1], FAILED, False),
        ("2h ago dm-response ▶ running ?/1", OPEN, True),
        ("2h ago dm-response ⊘ interrupted", OPEN, True),
        (ROWS[1], OPEN, False),
        ("11-20 21:14 nightly-subject-r… ✗ failed 0/3", FAILED, True),
        ("11-19 21:14 nightly-subject-r… ✗ failed 0/3", FAILED, False),
        ("11-20 21:15 nightly-subject-r… ✗ failed 0/3", FAILED, False),
        ("2026-11-20  nightly-subject-r… ✗ failed 0/3", FAILED, True),
        ("2025-11-20  nightly-subject-r… ✗ failed 0/3", FAILED, False),
    ],
)
def test_a_run_is_known_by_its_row(row: str, run: Run, there: bool) -> None:
    assert run.is_in(row) is there


def test_the_rows_of_the_list_are_found() -> None:
    rows = screen(*ROWS, "").rows()
    assert [row.text.strip() for row in rows] == [*ROWS, ""]
    assert not any(row.lit for row in rows)
    assert Screen().rows() == []


def test_the_cursor_is_where_the_ground_is_another() -> None:
    shown = screen(LIT + ROWS[0], ROWS[1], ROWS[1], pane=FAILED.id)
    assert [row.lit for row in shown.rows()] == [True, False, False]
    assert shown.is_on(FAILED)
    assert not shown.is_on(DRY)


def test_being_on_a_run_needs_both_cursor_and_pane() -> None:
    assert not screen(LIT + ROWS[0], ROWS[1], ROWS[1], pane=DRY.id).is_on(FAILED)
    assert not screen(ROWS[0], LIT + ROWS[1], ROWS[0], pane=FAILED.id).is_on(FAILED)


def test_a_list_begins_with_its_runs_and_ends_with_few() -> None:
    assert screen(*ROWS).lists([FAILED, DRY])
    assert screen(*ROWS).lists([FAILED, DRY, DRY])
    assert not screen(*ROWS).lists([DRY, FAILED])
    assert not screen(*ROWS).lists([FAILED])
    assert screen(ROWS[0], "").lists([FAILED])
    assert not screen(*ROWS).lists([])


def test_a_frame_is_complete_when_it_is_released() -> None:
    made = Screen()
    complete = [made.complete]
    frames = b"\x1b[?2026h1\x1b[?2026l\x1b[?2026h2"
    for part in (b"\x1b[?2026hhalf of", b" it\x1b[?20", b"26l", frames):
        made.feed(part)
        complete.append(made.complete)
    assert complete == [True, False, False, True, False]
    assert len(made.lines) == LINES
    assert made.has("half of it12")
