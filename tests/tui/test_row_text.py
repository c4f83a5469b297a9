"""The run tab: every column as it is stored, and what is to be believed instead."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.tui.made_runs import made_progress, made_run
from tests.tui.tab_stage import SETTING, on_stage
from zos_monitor.model.errors import RunError
from zos_monitor.model.runs import RunDetail, Source, Usage
from zos_monitor.model.states import RunState
from zos_monitor.model.workings import StoredValue
from zos_monitor.tui.row_text import derived, row_text, stored_lines
from zos_monitor.tui.tab_view import Copied, Matter
from zos_monitor.tui.widgets.run_tab import RunTab

BERLIN = SETTING._replace(zone=ZoneInfo("Europe/Berlin"))
ERROR = RunError(message="429")
USAGE = Usage(
    calls=3, tokens_input=900, tokens_output=100, tokens_total=1000,
    tokens_source=Source.CALLS, cost_usd=4.09, cost_source=Source.CALLS,
)  # fmt: skip
ROW = {"tokens_input": 900, "tokens_output": 100, "tokens_total": 1000, "stored_cost_usd": 4.09}


def told(run: RunDetail, *stored: StoredValue, width: int = 60) -> list[str]:
    lines = (
        line for part in row_text(run, stored, SETTING, width) for line in part.lines(max(1, width))
    )
    text = ["".join(cell.text for cell in line).rstrip() for line in lines]
    return text[text.index("As stored") + 1 :]


def finished(**columns: object) -> RunDetail:
    known: dict[str, object] = {"usage": USAGE, **ROW}
    return made_run(RunState.PARTIAL, **known | columns)  # type: ignore[arg-type]


def an_open(state: RunState = RunState.RUNNING) -> RunDetail:
    progress = made_progress(9, 4, failed=1)
    return made_run(state, usage=USAGE, progress=progress, insights_stored=3, early_errors=(ERROR,))


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (finished(), {}),
        (finished(stored_cost_usd=0.26), {"estimated_cost_usd": "$4.09 by its calls"}),
        (finished(stored_cost_usd=None), {"estimated_cost_usd": "$4.09 by its calls"}),
        (finished(stored_cost_usd=4.0851), {}),
        (finished(usage=Usage(cost_usd=1.0, cost_source=Source.ROW)), {}),
        (finished(tokens_total=7), {"tokens_total": "1,000 by its calls"}),
        (finished(insights_created=2, insights_stored=3), {"insights_created": "3 stored"}),
        (finished(status="weird"), {"status": "partial"}),
        (finished(started_at=None), {"started_at": "unreadable"}),
        (finished(completed_at=None), {"completed_at": "unreadable"}),
        (an_open(), {
            "status": "running", "completed_at": "not yet",
            "targets_processed": "3 so far, estimated", "targets_skipped": "1 so far, estimated",
            "insights_created": "3 stored so far",
            "errors": "1 error so far, from its failed calls",
            "tokens_input": "900 so far by its calls", "tokens_output": "100 so far by its calls",
            "tokens_total": "1,000 so far by its calls",
            "estimated_cost_usd": "$4.09 so far by its calls",
        }),
        (made_run(RunState.INTERRUPTED), {"status": "interrupted", "completed_at": "never"}),
    ],
)  # fmt: skip
def test_what_is_to_be_believed_instead(run: RunDetail, words: dict[str, str]) -> None:
    assert derived(run) == words


def test_columns_are_told_as_they_are_stored() -> None:
    long = '[{"topic": "server:1"}]' + " " * 300
    lines = told(
        finished(stored_cost_usd=0.26, errors=(ERROR, ERROR)),
        StoredValue("status", "partial", "text"),
        StoredValue("estimated_cost_usd", "0.26", "real"),
        StoredValue("targets_matched", "many", "text"),
        StoredValue("model_name", "", "null"),
        StoredValue("model_profile", "", "text"),
        StoredValue("a_newer_one", "ff00", "blob"),
        StoredValue("errors", long, "text"),
    )
    assert lines == [
        "  status              partial",
        "≠ estimated_cost_usd  0.26  → $4.09 by its calls",
        "≠ targets_matched     many  text, no number",
        "  model_name          NULL",
        "  model_profile       (empty)",
        "  a_newer_one         ff00  bytes, in hexadecimal digits",
        '  errors              [{"topic": "server:1"}]              …',
        "                      323 characters",
        "                      2 errors",
    ]


def test_a_value_of_which_the_end_was_not_read_says_so() -> None:
    value = StoredValue("errors", "x" * 500, "text", 1_234)
    assert told(finished(), value)[1].strip() == "500 characters and 1,234 more bytes"
    assert stored_lines([value]).startswith("errors (1,234 more bytes are left out): xxx")
    whole = StoredValue("errors", "y\n… 5 more bytes left out", "text")  # it is stored so
    assert stored_lines([whole]) == f"errors: {whole.text}"


def test_hostile_names_and_values_are_shown_as_signs() -> None:
    bad = "\x1b]0;x\x07\n[/]\u202e"
    lines = told(finished(), StoredValue(bad * 40, bad, "text"), StoredValue("b", bad * 99, "text"))
    assert not set("\x1b\x07\u202e") & set("".join(lines))
    assert all(len(line) <= 60 for line in lines)
    assert list(row_text(finished(), [StoredValue("a", bad, "text")], SETTING, 0))


async def test_the_tab_tells_both_times_and_copies_the_row() -> None:
    tab = RunTab(BERLIN)
    run = an_open()
    tab.show(Matter(run))
    async with on_stage(tab, (61, 24)) as stage:
        assert stage.lines()[2:4] == [
            "Started   2026-11-21 12:55:00 CET  5m ago",
            "          2026-11-21 11:55:00 UTC",
        ]
        assert "Reading" in stage.lines()
        assert tab.copied() is None
        stored = (StoredValue("status", "dry\x1b\n", "text"), StoredValue("errors", "", "null"))
        tab.show(Matter(run, stored=stored))
        await stage.pilot.pause()
        assert "≠ status  dry␛  → running" in stage.lines()
        assert tab.copied() == Copied("the run's row", "status: dry\x1b\n\nerrors: NULL")
        tab.set_setting(SETTING)
        await stage.pilot.pause()
        assert stage.lines()[2:4] == [
            "Started   2026-11-21 11:55:00 UTC  5m ago",
            "Completed not yet, after 5m 00s",
        ]
        tab.show(Matter())
        await stage.pilot.pause()
        assert stage.text() == ""
