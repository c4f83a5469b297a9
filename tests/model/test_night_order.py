"""Runs that started before what they build on had ended."""

from __future__ import annotations

import pytest

from tests.model.test_night_plan import layer, plan, run
from zos_monitor.model.states import RunState

EARLIER, LATER = layer(name="users"), layer("0 4 * * *", name="subjects")
END = "2026-11-22T04:00:10"


@pytest.mark.parametrize(
    ("state", "ended", "marked"),
    [
        (RunState.SUCCESS, END, False),
        (RunState.SUCCESS, "2026-11-22T04:00:10.000001", True),
        (RunState.FAILED, "2026-11-22T04:20", True),
        (RunState.DRY, "2026-11-22T03:59", False),
        (RunState.RUNNING, None, True),
        (RunState.STALLED, None, True),
        (RunState.INTERRUPTED, None, False),
    ],
)
def test_a_run_that_starts_while_an_earlier_layer_is_open(
    state: RunState, ended: str | None, marked: bool
) -> None:
    first = run("2026-11-22T03:00:05", state, layer="users", ended=ended)
    second = run(END, layer="subjects")
    tonight = plan("2026-11-22T05:00", [LATER, EARLIER], first, second).nights[0]
    users, subjects = tonight.layers
    assert users.slots[0].run == first
    assert subjects.slots[0].run is not None
    assert subjects.slots[0].run.too_early_for == (("users",) if marked else ())


def test_layers_that_start_together_do_not_build_on_each_other() -> None:
    runs = run("2026-11-22T03:00", RunState.RUNNING), run("2026-11-22T03:00:30", layer="b")
    tonight = plan("2026-11-22T03:01", [layer(), layer(name="b")], *runs).nights[0]
    assert [part.slots[0].run for part in tonight.layers] == list(runs)


def test_what_is_caught_up_late_counts_on_both_sides() -> None:
    """A zos that is restarted starts all that it catches up at once."""
    first = run("2026-11-22T06:00:00", layer="users", ended="2026-11-22T06:10")
    second = run("2026-11-22T06:00:02", layer="subjects", ended="2026-11-22T06:12")
    tonight = plan("2026-11-22T07:00", [EARLIER, LATER], first, second).nights[0]
    assert [part.outcome for part in tonight.layers] == ["missed", "missed"]
    assert tonight.layers[1].off_schedule[0].too_early_for == ("users",)
    assert tonight.layers[0].off_schedule[0].too_early_for == ()


def test_an_earlier_layer_that_starts_again_later_does_not_count() -> None:
    again = run("2026-11-22T04:30", layer="users", ended="2026-11-22T04:40")
    second = run("2026-11-22T04:00", layer="subjects")
    tonight = plan("2026-11-22T05:00", [EARLIER, LATER], again, second).nights[0]
    assert tonight.layers[1].slots[0].run == second


def test_another_night_s_run_does_not_count() -> None:
    stuck = run("2026-11-21T03:00:05", RunState.STALLED, layer="users")
    second = run("2026-11-22T04:00", layer="subjects")
    tonight = plan("2026-11-22T05:00", [EARLIER, LATER], stuck, second).nights[0]
    assert tonight.layers[1].slots[0].run == second


def test_a_layer_without_a_start_in_this_night_builds_on_nothing() -> None:
    weekly = layer("0 4 * * wed", name="weekly")
    first = run("2026-11-22T03:00", RunState.RUNNING, layer="users")
    by_hand = run("2026-11-22T03:30", layer="weekly")
    tonight = plan("2026-11-22T04:00", [EARLIER, weekly], first, by_hand).nights[0]
    assert tonight.layers[1].off_schedule == (by_hand,)
