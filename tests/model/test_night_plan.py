"""What became of each scheduled start, with a fixed clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zos_monitor.model.night_plan import NIGHTS, PlannedLayer, plan_nights
from zos_monitor.model.nights import NightRun, Nights, Outcome, ScheduleSource
from zos_monitor.model.runs import RunKey
from zos_monitor.model.schedule import Schedule
from zos_monitor.model.states import RunState

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
S, P, F, D = RunState.SUCCESS, RunState.PARTIAL, RunState.FAILED, RunState.DRY
R, I = RunState.RUNNING, RunState.INTERRUPTED  # noqa: E741


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def run(started: str, state: RunState = S, *, layer: str = "a", ended: str | None = "") -> NightRun:
    start = at(started)
    end = start + timedelta(minutes=2) if ended == "" else at(ended) if ended else None
    return NightRun(
        key=RunKey(started, 1),
        id=started,
        layer_name=layer,
        state=state,
        started_at=start,
        completed_at=None if state in (R, I, RunState.STALLED) else end,
        targets_matched=1,
        targets_processed=1,
        insights_created=1,
    )


def layer(
    cron: str = "0 3 * * *", name: str = "a", zone: str = "UTC", **more: object
) -> PlannedLayer:
    known: dict[str, object] = {"first_start": LONG_AGO, "source": ScheduleSource.YAML} | more
    return PlannedLayer(name, Schedule(cron, zone), **known)  # type: ignore[arg-type]


def plan(now: str, layers: list[PlannedLayer], *runs: NightRun, zone: str = "UTC") -> Nights:
    by_name: dict[str, list[NightRun]] = {}
    for found in runs:
        by_name.setdefault(found.layer_name, []).append(found)
    return plan_nights(layers, by_name, at(now), zone)


@pytest.mark.parametrize(
    ("now", "started", "outcome", "off"),
    [
        ("2026-11-22T02:59:59.999999", None, Outcome.TO_COME, 0),
        ("2026-11-22T03:00", None, Outcome.DUE, 0),
        ("2026-11-22T03:30", None, Outcome.DUE, 0),
        ("2026-11-22T03:30:00.000001", None, Outcome.MISSED, 0),
        ("2026-11-22T02:59:30", "2026-11-22T02:59", Outcome.SUCCESS, 0),
        ("2026-11-22T02:59:30", "2026-11-22T02:58:59", Outcome.TO_COME, 1),
        ("2026-11-22T05:00", "2026-11-22T03:30", Outcome.SUCCESS, 0),
        ("2026-11-22T05:00", "2026-11-22T03:30:00.000001", Outcome.MISSED, 1),
    ],
)
def test_a_start_and_its_grace(now: str, started: str | None, outcome: Outcome, off: int) -> None:
    found = plan(now, [layer()], *([run(started)] if started else []))
    tonight = found.nights[0].layers[0]
    assert (tonight.outcome, len(tonight.off_schedule)) == (outcome, off)
    assert tonight.slots[0].due_at == at("2026-11-22T03:00")
    assert found.layers[0].next_at == at(
        "2026-11-22T03:00" if now < "2026-11-22T03:00" else "2026-11-23T03:00"
    )


@pytest.mark.parametrize("state", RunState)
def test_a_slot_has_the_state_of_its_run(state: RunState) -> None:
    found = plan("2026-11-22T03:10", [layer()], run("2026-11-22T03:00:04", state))
    assert found.nights[0].layers[0].outcome == state.value


@pytest.mark.parametrize(
    ("now", "turns"),
    [
        ("2026-11-22T01:00", "2026-11-22T03:00"),
        ("2026-11-22T03:00", "2026-11-22T03:30:00.000001"),
        ("2026-11-22T03:31", "2026-11-22T12:00"),
        ("2026-11-22T12:00", "2026-11-23T03:00"),
    ],
)
def test_when_it_reads_otherwise_by_itself(now: str, turns: str) -> None:
    assert plan(now, [layer()]).turns_at == at(turns)


def test_it_turns_when_a_restart_would_catch_up() -> None:
    late = layer(last_good=at("2026-11-20T22:00"))  # and 1.3 days on it is 05:12
    before, after = (plan(f"2026-11-22T05:12:00{end}", [late]) for end in ("", ".000001"))
    assert (before.layers[0].catches_up, after.layers[0].catches_up) == (False, True)
    assert before.turns_at == at("2026-11-22T05:12:00.000001")
    assert plan("2026-11-22T05:00", [layer()]).layers[0].catches_up is None


def test_nights_go_from_noon_to_noon() -> None:
    for now, newest in (("2026-11-22T11:59", 22), ("2026-11-22T12:00", 23)):
        nights = plan(now, [layer()]).nights
        assert [night.date.day for night in nights[:3]] == [newest, newest - 1, newest - 2]
        assert len(nights) == NIGHTS == 15
        assert nights[0].since <= at(now) < nights[0].until


def test_nights_are_those_of_the_scheduler_s_zone() -> None:
    berlin = layer("30 2 * * *", zone="Europe/Berlin")
    spring = plan("2026-03-30T00:00", [berlin], zone="Europe/Berlin")
    autumn = plan("2026-10-26T00:00", [berlin], zone="Europe/Berlin")
    assert spring.zone_name == "Europe/Berlin"
    spans = [night.until - night.since for night in (*spring.nights[:3], *autumn.nights[:3])]
    assert [span // timedelta(hours=1) for span in spans] == [24, 23, 24, 24, 25, 24]
    assert [len(night.layers[0].slots) for night in autumn.nights[:3]] == [1, 2, 1]
    assert [len(night.layers[0].slots) for night in spring.nights[:3]] == [1, 1, 1]
    assert spring.nights[1].date == date(2026, 3, 29)
    far = plan("2026-11-21T23:00", [layer()], zone="Pacific/Auckland")
    assert far.nights[0].date == date(2026, 11, 23)


def test_each_start_of_a_night_gets_its_own_run() -> None:
    starts = ("03:00:05", "03:14:59", "03:20", "03:31", "03:44:30", "03:59")
    runs = [run(f"2026-11-22T{start}", F if start == "03:31" else S) for start in starts]
    found = plan("2026-11-22T04:30", [layer("*/15 3 * * *")], *runs)
    tonight = found.nights[0].layers[0]
    held = [slot.run.id[11:] if slot.run else None for slot in tonight.slots]
    assert held == ["03:00:05", "03:14:59", "03:31", "03:44:30"]
    assert [extra.id[11:] for extra in tonight.off_schedule] == ["03:20", "03:59"]
    assert tonight.outcome is Outcome.FAILED


def test_a_start_waits_no_longer_than_to_the_next_one() -> None:
    found = plan("2026-11-22T03:16", [layer("*/15 3 * * *")])
    outcomes = [slot.outcome for slot in found.nights[0].layers[0].slots]
    assert outcomes == [Outcome.MISSED, Outcome.DUE, Outcome.TO_COME, Outcome.TO_COME]
    assert found.turns_at == at("2026-11-22T03:30")


def test_two_runs_for_one_start() -> None:
    runs = run("2026-11-22T03:00:01", F), run("2026-11-22T03:10", S)
    tonight = plan("2026-11-22T04:00", [layer()], *reversed(runs)).nights[0].layers[0]
    assert (tonight.outcome, tonight.slots[0].run) == (Outcome.FAILED, runs[0])
    assert tonight.off_schedule == (runs[1],)


def test_a_restart_in_mid_night_misses_what_it_catches_up_late() -> None:
    cut, late = run("2026-11-22T03:00", I), run("2026-11-22T05:10", layer="b")
    layers = [layer(), layer(name="b"), layer("0 6 * * *", name="c")]
    tonight = plan("2026-11-22T05:15", layers, cut, late).nights[0]
    assert [part.outcome for part in tonight.layers] == ["interrupted", "missed", "to come"]
    assert tonight.layers[1].off_schedule == (late,)


def test_a_night_with_nothing_at_all() -> None:
    runs = [run("2026-11-20T03:00"), run("2026-11-22T03:00")]
    found = plan("2026-11-22T04:00", [layer()], *runs)
    assert [night.layers[0].outcome for night in found.nights[:3]] == [S, "missed", S]


def test_nothing_was_missed_before_the_first_run() -> None:
    first = at("2026-11-20T03:00:02")
    found = plan("2026-11-22T04:00", [layer(first_start=first)], run("2026-11-20T03:00:02"))
    outcomes = [night.layers[0].outcome for night in found.nights]
    assert outcomes == ["missed", "missed", S, *[None] * 12]


def test_a_layer_that_never_ran_is_missed_from_tonight_on() -> None:
    found = plan("2026-11-22T04:00", [layer(first_start=None)])
    assert [night.layers[0].outcome for night in found.nights] == ["missed", *[None] * 14]
    assert found.layers[0].next_at == at("2026-11-23T03:00")


def test_a_layer_that_was_renamed_ends_and_its_new_name_begins() -> None:
    old = layer(name="old", gone=True)
    new = layer(name="new", first_start=at("2026-11-21T03:00:01"))
    runs = [run("2026-11-20T03:00:01", layer="old"), run("2026-11-21T03:00:01", layer="new")]
    found = plan("2026-11-22T04:00", [old, new], *runs)
    assert [told.layer_name for told in found.layers] == ["new", "old"]
    outcomes = [[part.outcome for part in night.layers] for night in found.nights[:4]]
    assert outcomes == [["missed", None], ["success", None], [None, "success"], [None, "missed"]]
    assert [told.next_at for told in found.layers] == [at("2026-11-23T03:00"), None]
    assert found.layers[1].catches_up is None


def test_a_run_at_noon_belongs_to_the_night_that_it_was_due_in() -> None:
    found = plan("2026-11-22T13:00", [layer("50 11 * * *")], run("2026-11-22T12:05"))
    tonight, last = (night.layers[0] for night in found.nights[:2])
    assert (tonight.outcome, last.outcome) == (Outcome.TO_COME, Outcome.SUCCESS)
    assert tonight.off_schedule == last.off_schedule == ()
    hourly = plan("2026-11-22T13:00", [layer("50 * * * *")], run("2026-11-08T12:05"))
    assert hourly.nights[-1].since == at("2026-11-08T12:00")
    assert hourly.nights[-1].layers[0].off_schedule == ()


@pytest.mark.parametrize(
    ("states", "streak"),
    [
        ([D, D, D], 3),
        ([D, D, S, D], 2),
        ([S, D, D], 0),
        ([D, P, D], 1),
        ([F, D], 0),
        ([None, D, D], 2),
        ([R, D, None, D, I, D, S], 3),
        ([D] * 40, 40),
    ],
)
def test_dry_nights_in_a_row(states: list[RunState | None], streak: int) -> None:
    mornings = (at("2026-11-22T03:00:01") - timedelta(days=n) for n in range(len(states)))
    runs = [
        run(f"{morning:%Y-%m-%dT%H:%M:%S}", state)
        for morning, state in zip(mornings, states, strict=True)
        if state is not None
    ]
    first = at("2026-11-22T03:00") - timedelta(days=len(states) - 1)
    found = plan("2026-11-22T10:00", [layer(first_start=first)], *runs)
    assert found.layers[0].dry_streak == streak


def test_dry_weeks_in_a_row_reach_beyond_the_nights_that_are_told_of() -> None:
    runs = [run(f"2026-{day}T04:01", D) for day in ("11-22", "11-15", "11-08", "11-01", "10-25")]
    found = plan("2026-11-22T10:00", [layer("0 4 * * sun")], *runs)
    assert found.layers[0].dry_streak == 5


def test_a_good_run_of_many_or_out_of_time_ends_the_dry_nights() -> None:
    dry = [run(f"2026-11-{day}T03:00:01", D) for day in (19, 20, 21, 22)]
    now, late = "2026-11-22T11:00", "2026-11-20T09:00"
    assert plan(now, [layer()], *dry, run(late, D)).layers[0].dry_streak == 4
    assert plan(now, [layer()], *dry, run(late, P)).layers[0].dry_streak == 2
    assert plan(now, [layer()], *dry[2:], run(late, S)).layers[0].dry_streak == 2
    often = [run("2026-11-22T03:15:01", S), run("2026-11-22T03:30:01", D)]
    assert plan(now, [layer("*/15 3 * * *")], *dry, *often).layers[0].dry_streak == 0


def test_layers_stand_in_the_order_of_the_night() -> None:
    crons = {"d": "0 3 * * *", "c": "0 4 * * sun", "b": "30 22 * * *", "a": "0 0 30 2 *"}
    layers = [layer(cron, name) for name, cron in crons.items()] + [layer(name="e")]
    found = plan("2026-11-22T10:00", layers)
    names = [told.layer_name for told in found.layers]
    assert names == ["b", "d", "e", "c", "a"]
    assert all([part.layer_name for part in night.layers] == names for night in found.nights)


def test_without_layers_there_are_nights_all_the_same() -> None:
    found = plan("2026-11-22T10:00", [])
    assert len(found.nights) == 15
    assert found.turns_at == at("2026-11-22T12:00")
