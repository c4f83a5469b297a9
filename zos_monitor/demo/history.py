"""The nights that lie behind: a history with every kind of run, the odd ones at known places.

Nights are counted backwards: age 0 is the last whole night before ``until``. The constants name
the ages at which something odd happens, where the history is long enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from zos_monitor.demo import cast, layers
from zos_monitor.demo.hours import USUAL, USUAL_GAP, USUAL_START, Hours
from zos_monitor.demo.mishaps import BAD_KEY, Deck
from zos_monitor.demo.prices import OLD_REFLECTION, REFLECTION, SIMPLE, VISION
from zos_monitor.demo.script import Manner, Pace, plan_run
from zos_monitor.demo.stage import Stage
from zos_monitor.demo.steps import Call, RunPlan, Step, in_order
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.times import format_stored

MANUAL_AGE = 1
"""The day on which someone made the row ``dev_manual`` by hand, its errors SQL NULL."""
KILLED_AGE = 2
"""The night in which zos was killed while the user layer waited for an answer: that run stays
open, and the later layers never ran."""
KILLED_DONE = 4
"""How many targets of that run were done by then."""
DRY_AGE = 3
"""A night whose emoji run found nothing to reflect on."""
BAD_KEY_AGE = 4
"""The night in which every run failed with 401."""
SILENT_AGE = 6
"""A night and a day without anything at all."""
NEW_HASH_AGE = 8
"""The first night of the channel layer's present hash; before, it was ``OLD_HASH``."""
NEW_MODEL_AGE = 10
"""The first night of the present model for reflections."""
ROUGH_AGE = 12
"""A night on which many targets failed."""
OLD_HASH = "03d5f7a1c92be468"

PACE = Pace(first=(3.0, 9.0), quick=(0.2, 1.2), usual=(4.0, 16.0), slow=(60.0, 300.0), waits=0.015)
_HOUR = 3600.0
_WHOLE_NIGHT = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class _Night:
    age: int
    start: datetime


def write_history(
    writer: ZosWriter,
    *,
    nights: int,
    until: datetime,
    seed: int = 7,
    hours: Hours = USUAL,
) -> None:
    """Write the surroundings and that many nights with their days, in one commit.

    The last night is the last one that was over, 3 hours after it began, by the aware instant
    ``until``; nothing is later than ``until``. Nights begin at 03:00 UTC unless ``hours`` say
    otherwise. The same nights, until, seed and hours give the same rows, if the writer's seed is
    the same too. Meant for a database without rows. Raises ValueError where ``until`` is naive.
    """
    rng = Random(f"{seed}:{nights}:{format_stored(until)}")
    stage = Stage(writer)
    deck = Deck(rng)
    with writer.batch():
        past = list(_nights(nights, until, hours.shift))
        write_surroundings(writer, (past[0].start if past else until) - timedelta(days=3))
        for night in past:
            if night.age == MANUAL_AGE:
                _write_manual_run(writer, night.start + timedelta(hours=7, minutes=41))
            limit = (until - night.start).total_seconds()
            for step in _plan(night, deck, rng, limit, hours.subjects.total_seconds()):
                stage.play(step, night.start + timedelta(seconds=step.at))


def write_surroundings(writer: ZosWriter, at: datetime) -> None:
    """Write the server, its channels and its people as known at an instant."""
    with writer.batch():
        writer.server(cast.SERVER_ID, cast.SERVER_NAME, created_at=at)
        for channel_id, name in cast.channels():
            writer.channel(channel_id, cast.SERVER_ID, name, created_at=at)
        for user_id, name in cast.people():
            writer.person(user_id, cast.SERVER_ID, name, captured_at=at)
        writer.topic(cast.SELF_TOPIC, at=at)


def _nights(count: int, until: datetime, shift: timedelta) -> Iterator[_Night]:
    # By a clock that is put back, so that nights begin at the usual hour.
    start = (until - _WHOLE_NIGHT).astimezone(UTC) - shift
    last = start.replace(hour=0, minute=0, second=0, microsecond=0) + USUAL_START
    if last > start:
        last -= timedelta(days=1)
    last += shift
    for age in range(count - 1, -1, -1):
        yield _Night(age, last - timedelta(days=age))


def _plan(night: _Night, deck: Deck, rng: Random, limit: float, subjects: float) -> list[Step]:
    if night.age == SILENT_AGE:
        return []
    runs = _night_runs(night, deck, rng, subjects) + _day_runs(rng, deck)
    steps = in_order([run for run in runs if run.ends <= limit])
    steps += [call for call in _calls_of_no_run(rng) if call.at <= limit]
    return sorted(steps, key=lambda step: step.at)


def _night_runs(night: _Night, deck: Deck, rng: Random, subjects: float) -> list[RunPlan]:
    trouble = 0.4 if night.age == ROUGH_AGE else rng.choice((0.0, 0.0, 0.03, 0.05, 0.25))
    starts = dict(zip(layers.AT_NIGHT, (0.0, 1.8, 3.4, 6.1), strict=True))
    if night.age != KILLED_AGE:
        starts[layers.SUBJECTS] = subjects
        if night.start.isoweekday() == 7:
            weekly = USUAL_GAP.total_seconds()
            starts |= {layers.SELF: weekly + 4, layers.META: weekly + 9}
    runs: list[RunPlan] = []
    for number, (layer, at) in enumerate(starts.items()):
        if layer is layers.SUBJECTS:  # as tonight, it follows when the others are done
            at = max([at, *(run.ends for run in runs)])
        manner = _manner(layer, night.age, deck, trouble)
        run = plan_run(layer, number=number, at=at + rng.random(), rng=rng, manner=manner)
        if night.age == KILLED_AGE and layer is layers.USERS:
            # Its row, then a call and an insight for each target that it got through.
            run = run.killed_after(1 + 2 * KILLED_DONE)
        runs.append(run)
    return runs


def _manner(layer: layers.Layer, age: int, deck: Deck, trouble: float) -> Manner:
    killed = age == KILLED_AGE and layer is layers.USERS
    return Manner(
        PACE,
        deck,
        trouble=0.0 if killed else trouble,
        always=BAD_KEY if age == BAD_KEY_AGE else None,
        quiet=age == DRY_AGE and layer is layers.EMOJI,
        reflection=OLD_REFLECTION if age > NEW_MODEL_AGE else REFLECTION,
        layer_hash=OLD_HASH if age > NEW_HASH_AGE and layer is layers.CHANNELS else None,
    )


def _day_runs(rng: Random, deck: Deck) -> list[RunPlan]:
    manner = Manner(PACE, deck, trouble=0.03)
    return [
        plan_run(
            rng.choice(layers.BY_DAY),
            number=100 + number,
            at=rng.uniform(5, 20) * _HOUR,
            rng=rng,
            manner=manner,
        )
        for number in range(rng.randint(0, 4))
    ]


def _calls_of_no_run(rng: Random) -> Iterator[Call]:
    for call_type, model in (("vision", VISION), ("other", SIMPLE)):
        for _ in range(rng.randint(0, 1)):
            yield Call(
                at=rng.uniform(5, 20) * _HOUR,
                topic=None,
                call_type=call_type,
                model=model,
                tokens_in=rng.randint(200, 1600),
                tokens_out=rng.randint(60, 240),
                latency_ms=rng.randint(900, 6000),
                prompt="Say in one sentence what is shown.",
                answer="A hand-drawn map of the allotment.",
            )


def _write_manual_run(writer: ZosWriter, at: datetime) -> None:
    writer.raw_run(
        id="dev_manual",
        layer_name="dev_manual",
        layer_hash="dev",
        started_at=at,
        targets_matched=0,
        targets_processed=0,
        insights_created=0,
        **dict.fromkeys(
            ("model_profile", "model_provider", "model_name", "tokens_input", "tokens_output")
        ),
        tokens_total=None,
        estimated_cost_usd=None,
        errors=None,
    )
