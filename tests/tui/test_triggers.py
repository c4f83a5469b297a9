"""What started a run: told in its detail, by the nights."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest

from tests.tui.made_runs import STARTED, made_run
from zos_monitor.model.nights import (
    LayerNight,
    Night,
    NightRun,
    Nights,
    Origin,
    Outcome,
    Slot,
    origins,
)
from zos_monitor.model.runs import RunKey
from zos_monitor.model.states import RunState
from zos_monitor.tui.glyphs import UNICODE
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.run_text import facts

DUE = STARTED - timedelta(minutes=2)


def night_run(id: str, *too_early_for: str) -> NightRun:
    return NightRun(
        key=RunKey(None, 1),
        id=id,
        layer_name="subjects",
        state=RunState.SUCCESS,
        started_at=STARTED,
        completed_at=None,
        targets_matched=None,
        targets_processed=None,
        insights_created=None,
        too_early_for=too_early_for,
    )


def test_the_nights_tell_what_started_their_runs() -> None:
    slot = Slot(layer_name="subjects", due_at=DUE, outcome=Outcome.SUCCESS, run=night_run("a", "x"))
    empty = Slot(layer_name="subjects", due_at=DUE, outcome=Outcome.MISSED)
    layer = LayerNight(
        layer_name="subjects",
        outcome=Outcome.SUCCESS,
        slots=(slot, empty),
        off_schedule=(night_run("b"),),
    )
    night = Night(date=date(2026, 11, 21), since=DUE, until=DUE, layers=(layer,))
    nights = Nights(zone_name="UTC", layers=(), nights=(night,))
    assert origins(nights) == {"a": Origin(DUE, ("x",)), "b": Origin(None, ())}


@pytest.mark.parametrize(
    ("origin", "zone", "words"),
    [
        (None, UTC, None),
        (Origin(None, ()), UTC, "off schedule  by its time"),
        (Origin(DUE, ()), UTC, f"scheduled for {DUE:%H:%M}  by its time"),
        (
            Origin(DUE, ()),
            timezone(timedelta(hours=2)),
            f"scheduled for {DUE + timedelta(hours=2):%H:%M}  by its time",
        ),
        (
            Origin(DUE, ("users", "dy\x1bads")),
            UTC,
            f"scheduled for {DUE:%H:%M}, before users, dy␛ads ended  by its time",
        ),
    ],
)
def test_a_detail_tells_what_started_its_run(
    origin: Origin | None, zone: tzinfo, words: str | None
) -> None:
    known = {"run": origin} if origin is not None else {}
    setting = Setting(datetime(2026, 11, 21, 12, tzinfo=UTC), zone, UNICODE, origins=known)
    lines = [
        "".join(cell.text for cell in fact.cells)
        for fact in facts(made_run(RunState.SUCCESS), setting)
    ]
    told = [line.removeprefix("Trigger").strip() for line in lines if line.startswith("Trigger")]
    assert told == ([words] if words is not None else [])
