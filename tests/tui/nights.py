"""Nights made by hand, with something of everything in them, and their screen alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from textual.pilot import Pilot

from tests.tui.stages import ScreenStage
from zos_monitor.model.nights import (
    LayerNight,
    Night,
    NightRun,
    Nights,
    Outcome,
    ScheduledLayer,
    ScheduleSource,
    Slot,
)
from zos_monitor.model.runs import RunKey
from zos_monitor.model.states import RunState
from zos_monitor.tui.glyphs import UNICODE, Glyphs
from zos_monitor.tui.tonight import TonightScreen

WIDE = 120, 40

TODAY = date(2026, 12, 3)
NOW = datetime(2026, 12, 3, 4, 50, tzinfo=UTC)

NIGHTLY = (
    "nightly-user-reflection",
    "nightly-channel-reflection",
    "nightly-dyad-reflection",
    "nightly-emoji-reflection",
    "nightly-server-reflection",
    "nightly-subject-reflection",
    "nightly-self-reflection",
)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def run(layer_name: str, started: datetime, state: RunState, **fields: object) -> NightRun:
    known: dict[str, object] = {
        "key": RunKey(str(started), 1),
        "id": f"{layer_name}-{started:%d%H%M}",
        "completed_at": started + timedelta(minutes=3, seconds=20),
        "targets_matched": 9,
        "targets_processed": 9,
        "insights_created": 12,
    }
    return NightRun(
        layer_name=layer_name,
        started_at=started,
        state=state,
        **(known | fields),  # type: ignore[arg-type]
    )


def slot(layer_name: str, due: datetime, outcome: Outcome, **fields: object) -> Slot:
    """Return a slot; where its outcome is a state, with a run that started ``late`` minutes on."""
    late = fields.pop("late", 0)
    assert isinstance(late, int)
    if outcome in (Outcome.TO_COME, Outcome.DUE, Outcome.MISSED):
        return Slot(layer_name=layer_name, due_at=due, outcome=outcome)
    started = due + timedelta(minutes=late, seconds=1)
    found = run(layer_name, started, RunState(outcome), **fields)
    return Slot(layer_name=layer_name, due_at=due, outcome=outcome, run=found)


def part(layer_name: str, *slots: Slot, others: tuple[NightRun, ...] = ()) -> LayerNight:
    outcome = slots[-1].outcome if slots else None
    return LayerNight(layer_name=layer_name, outcome=outcome, slots=slots, off_schedule=others)


def night(day: date, *layers: LayerNight) -> Night:
    since = at(day, 12) - timedelta(days=1)
    return Night(date=day, since=since, until=since + timedelta(days=1), layers=layers)


def layer(name: str, next_at: datetime | None, **fields: object) -> ScheduledLayer:
    known: dict[str, object] = {"cron": "0 3 * * *", "source": ScheduleSource.YAML}
    return ScheduledLayer(
        layer_name=name,
        next_at=next_at,
        **(known | fields),  # type: ignore[arg-type]
    )


def _tonight() -> Night:
    open_run: dict[str, object] = {"completed_at": None, "insights_created": 0}
    early = open_run | {"targets_processed": 4, "too_early_for": (NIGHTLY[4],)}
    user, channel, dyad, emoji, server, subject, self_ = NIGHTLY
    three, four = at(TODAY, 3), at(TODAY, 4)
    manual = run(emoji, at(TODAY, 1, 12), RunState.FAILED, targets_processed=0)
    alert = [
        slot("pulse", at(TODAY, 3, minute), Outcome.SUCCESS, id=f"pulse-{minute}")
        for minute in range(0, 60, 5)
    ]
    return night(
        TODAY,
        part(user, slot(user, three, Outcome.SUCCESS)),
        part(channel, slot(channel, three, Outcome.PARTIAL, late=12, targets_processed=7)),
        part(dyad, slot(dyad, three, Outcome.DRY, dry_reason="no call was made")),
        part(emoji, slot(emoji, three, Outcome.MISSED), others=(manual,)),
        part(server, slot(server, three, Outcome.STALLED, targets_processed=2, **open_run)),
        part(subject, slot(subject, four, Outcome.RUNNING, **early)),
        part(self_, slot(self_, at(TODAY, 7), Outcome.TO_COME)),
        part("weekly-meta-reflection"),
        part("pulse", *alert, slot("pulse", at(TODAY, 5), Outcome.TO_COME)),
    )


def _earlier(back: int) -> Night:
    day = TODAY - timedelta(days=back)
    cycle = [Outcome.SUCCESS] * 5 + [Outcome.DRY, Outcome.PARTIAL, Outcome.FAILED]
    parts = []
    for number, name in enumerate(NIGHTLY):
        outcome = Outcome.MISSED if back == 6 else cycle[(back * 3 + number * 5) % len(cycle)]
        parts.append(part(name, slot(name, at(day, 4 if "subject" in name else 3), outcome)))
    weekly = "weekly-meta-reflection"
    starts = (slot(weekly, at(day, 5), Outcome.SUCCESS),) if day.weekday() == 6 else ()
    return night(day, *parts, part(weekly, *starts), part("pulse"))


def sample(**fields: object) -> Nights:
    """Return fourteen nights of nine layers, the present one with something of everything."""
    tomorrow = TODAY + timedelta(days=1)
    layers = [layer(name, at(tomorrow, 3)) for name in NIGHTLY]
    layers[2] = layer(NIGHTLY[2], at(tomorrow, 3), dry_streak=4)
    layers[3] = layer(NIGHTLY[3], at(tomorrow, 3), catches_up=False)
    layers[5] = layer(NIGHTLY[5], at(tomorrow, 4), cron="0 4 * * *")
    layers[6] = layer(NIGHTLY[6], at(TODAY, 7), cron="0 7 * * *", source=ScheduleSource.INFERRED)
    layers.append(layer("weekly-meta-reflection", at(date(2026, 12, 6), 5), cron="0 5 * * sun"))
    layers.append(layer("pulse", at(TODAY, 5), cron="*/5 3 * * *"))
    known: dict[str, object] = {
        "zone_name": "UTC",
        "layers": tuple(layers),
        "nights": (_tonight(), *(_earlier(back) for back in range(1, 14))),
        "faults": ("layers/weekly.yaml: line 3 is no YAML, so its schedule is not known",),
    }
    return Nights(**(known | fields))  # type: ignore[arg-type]


class Stage(ScreenStage):
    """The screen alone."""

    def __init__(self, glyphs: Glyphs = UNICODE, zone: tzinfo = UTC) -> None:
        super().__init__(NOW, glyphs=glyphs, zone=zone)
        self.tonight = TonightScreen(self.setting)

    @property
    def alone(self) -> TonightScreen:
        return self.tonight


@asynccontextmanager
async def stage(
    nights: Nights | None = None,
    *,
    size: tuple[int, int] = WIDE,
    glyphs: Glyphs = UNICODE,
    zone: tzinfo = UTC,
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    app = Stage(glyphs, zone)
    async with app.run_test(size=size) as pilot:
        app.tonight.show(nights if nights is not None else sample())
        await pilot.pause()
        yield app, pilot
