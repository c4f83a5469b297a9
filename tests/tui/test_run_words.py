"""What is said of a run in its line and in its facts: estimates, costs, and why it is dry."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.tui.driving import NOW
from tests.tui.made_runs import LAYER, made_progress, made_run
from zos_monitor.model.past import LayerPast
from zos_monitor.model.runs import RunDetail, RunKey, Source, StoredValue, Usage
from zos_monitor.model.states import RunState
from zos_monitor.tui.glyphs import ASCII, UNICODE
from zos_monitor.tui.run_columns import COLUMNS, Setting, elapsed_turns_at, text_of
from zos_monitor.tui.run_text import facts

MINUTE = timedelta(minutes=1)
SETTING = Setting(NOW, NOW.tzinfo, UNICODE, {LAYER: LayerPast(cost_usd=0.10)})  # type: ignore[arg-type]
PLAIN = SETTING._replace(glyphs=ASCII)


def column(name: str, run: RunDetail, setting: Setting = SETTING) -> str:
    (found,) = (one for one in COLUMNS if one.name == name)
    return text_of(found, run, setting)


def fact(label: str, run: RunDetail, setting: Setting = SETTING) -> str | None:
    told = ["".join(cell.text for cell in one.cells) for one in facts(run, setting)]
    return next((line[10:] for line in told if line.split()[0] == label), None)


def by_calls(cost: float | None, stored: float | None = None) -> dict[str, object]:
    usage = Usage(calls=3, cost_usd=cost, cost_source=Source.CALLS)
    return {"usage": usage, "stored_cost_usd": stored}


@pytest.mark.parametrize(
    ("cost", "stored", "told", "plain", "note"),
    [
        (0.30, 0.30, "$0.30", "$0.30", "$0.30"),
        (0.301, 0.30, "▲$0.30", "^$0.30", "$0.30  ▲ more than 3 times the layer's $0.10"),
        (4.09, 0.26, "▲≠$4.09", "^*$4.09",
         "$4.09  its row says $0.26, ▲ more than 3 times the layer's $0.10"),
        (0.12, 0.02, "≠$0.12", "*$0.12", "$0.12  its row says $0.02"),
        (0.12, 0.1151, "$0.12", "$0.12", "$0.12"),  # less than half a cent
        (0.12, None, "$0.12", "$0.12", "$0.12"),
        (None, 0.26, "—", "—", "not recorded"),
    ],
)  # fmt: skip
def test_costs_that_are_out_of_the_common_or_told_otherwise(
    cost: float | None, stored: float | None, told: str, plain: str, note: str
) -> None:
    run = made_run(RunState.SUCCESS, **by_calls(cost, stored))  # type: ignore[arg-type]
    assert column("cost", run) == told
    assert column("cost", run, PLAIN) == plain
    assert fact("Cost", run) == note


def test_where_nothing_is_known_of_the_layer_no_cost_is_high() -> None:
    run = made_run(RunState.SUCCESS, layer="other", **by_calls(99.0, 99.0))  # type: ignore[arg-type]
    assert column("cost", run) == "$99.00"
    row = Usage(cost_usd=0.5, cost_source=Source.ROW)
    run = made_run(RunState.SUCCESS, layer="other", usage=row, stored_cost_usd=0.5)
    assert column("cost", run) == "$0.50"
    assert fact("Cost", run) == "$0.50  by its row, no calls are recorded"


def test_an_open_run_costs_so_far_and_its_row_is_no_contradiction() -> None:
    run = made_run(**by_calls(0.5, 0.0))  # type: ignore[arg-type]
    assert column("cost", run) == "▲$0.50"
    assert fact("Cost", run) == "$0.50 so far  ▲ more than 3 times the layer's $0.10"


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.STALLED, RunState.INTERRUPTED])
def test_targets_of_an_open_run_are_an_estimate(state: RunState) -> None:
    parts = {"with_insight": 1200, "failed": 1, "without": 2, "in_flight": 1, "errors": 3}
    run = made_run(state, progress=made_progress(1500, 1203, **parts))
    assert column("targets", run) == "~1203/1500"
    assert column("errors", run) == "3"
    assert fact("Targets", run) == (
        "1,203 of 1,500 done  1,200 with insight, 1 failed, 2 without insight, 1 in flight;"
        " estimated"
    )
    assert fact("Targets", made_run(state, progress=made_progress(9))) == "0 of 9 done  estimated"
    bare = made_run(state, targets_matched=9)
    assert column("targets", bare) == "?/9"
    assert fact("Targets", bare) == "9 matched; zos tells the rest when the run ends"
    assert column("targets", made_run(state, targets_matched=None)) == "—"


def test_targets_of_a_finished_run_are_what_zos_says() -> None:
    run = made_run(RunState.PARTIAL, targets_matched=9, targets_processed=7, targets_skipped=1)
    assert column("targets", run) == "7/9"
    assert fact("Targets", run) == "7 of 9 processed, 1 skipped"


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (RunState.RUNNING, "▶ running  stored as dry, not completed"),
        (RunState.STALLED, "! stalled  silent for longer than this layer's runs are; stored as"),
        (RunState.INTERRUPTED, "⊘ interrupted  the layer has started again since; stored as dry"),
    ],
)
def test_an_open_run_tells_why_it_is_taken_for_that(state: RunState, why: str) -> None:
    run = made_run(state, last=NOW - 4 * MINUTE)
    assert (fact("State", run) or "").startswith(why)
    assert fact("Activity", run) == "last activity 4m ago  2026-11-21 11:56:00 UTC"
    assert fact("Activity", made_run(state, last=None)) == "none that is known"
    over = state is RunState.INTERRUPTED
    assert fact("Completed", run) == ("never, after 1m 00s or more" if over else
                                      "not yet, after 5m 00s")  # fmt: skip
    assert column("duration", run) == ("1m 00s+" if over else "5m 00s+")


@pytest.mark.parametrize(
    ("lasted", "told", "ticks"),
    [
        (10 * MINUTE - timedelta(seconds=1), "9m 59s+", True),
        (10 * MINUTE, "10m+", False),
        (9 * 60 * MINUTE, "9h 00m+", False),
        (10 * 60 * MINUTE, "10h+", False),
        (40 * 24 * 60 * MINUTE, "40d 0h+", False),
    ],
)
def test_how_long_an_open_run_has_lasted_fits_and_ticks_only_at_first(
    lasted: timedelta, told: str, ticks: bool
) -> None:
    run = made_run(RunState.STALLED, started_at=NOW - lasted)
    assert column("duration", run) == told
    assert (elapsed_turns_at(run, NOW) is not None) is ticks


@pytest.mark.parametrize(("ahead", "told", "after"), [
    (timedelta(seconds=59), "0s+", "not yet, after 0s"),
    (timedelta(seconds=61), "—", "not yet"),
    (timedelta(days=355_000), "—", "not yet"),
])  # fmt: skip
def test_no_run_has_lasted_for_less_than_no_time(ahead: timedelta, told: str, after: str) -> None:
    run = made_run(started_at=NOW + ahead, last=NOW + ahead)
    assert column("duration", run) == told
    assert fact("Completed", run) == after
    run = made_run(RunState.INTERRUPTED, started_at=NOW, last=NOW - ahead)
    assert fact("Completed", run) == ("never, after 0s or more" if told != "—" else "never")


def test_a_run_that_was_completed_before_its_start_says_so() -> None:
    run = made_run(RunState.SUCCESS, started_at=NOW, completed_at=NOW - MINUTE)
    assert fact("Completed", run) == "2026-11-21 11:59:00 UTC  before its start"
    run = made_run(RunState.SUCCESS, started_at=None)
    assert fact("Completed", run) == "2026-11-21 12:00:00 UTC"


@pytest.mark.parametrize(
    ("stored", "told"),
    [(None, "not recorded"), ("soon", "unreadable: soon"), (2, "unreadable: 2")],
)
def test_a_start_that_is_none_says_what_it_is(stored: StoredValue, told: str) -> None:
    run = made_run(RunState.SUCCESS, started_at=None, key=RunKey(stored, 1))
    assert fact("Started", run) == told


def test_only_an_open_run_has_activity() -> None:
    assert fact("Activity", made_run(RunState.SUCCESS)) is None


@pytest.mark.parametrize("why", ["no target matched", "calls but no insight", ""])
def test_a_dry_run_tells_why(why: str) -> None:
    run = made_run(RunState.DRY, dry_reason=why)
    assert fact("State", run) == (f"· dry  {why}" if why else "· dry")
