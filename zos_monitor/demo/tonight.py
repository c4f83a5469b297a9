"""Plans the nights that the demo plays live: quick, but otherwise like those of the history."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from zos_monitor.demo import cast, layers
from zos_monitor.demo.mishaps import Deck
from zos_monitor.demo.script import Manner, Pace, plan_run
from zos_monitor.demo.steps import Begin, RunPlan, Step, Talk, in_order

PACE = Pace(first=(0.6, 1.0), quick=(1.2, 1.8), usual=(2.5, 3.6), slow=(4.0, 5.5), waits=0.03)
PAUSE = 20.0
"""Seconds from the last end of a night to the beginning of the next."""
_STARTS = (0.2, 1.1, 2.4, 3.9)
_AFTER_THE_OTHERS = 3.0
_RUNS_A_NIGHT = 100
# As in real runs. So a monitor, which sees calls and insights only, is never far from the truth.
_MOST_UNSEEN = 1


def plan_nights(*, seed: int = 7, nights: int | None = 1) -> Iterator[Step]:
    """Yield the steps of so many nights, without end for None, in order of time.

    Times are seconds from the first night's start. The same seed gives the same steps, whatever
    the number of nights.
    """
    at = 0.0
    for night in count() if nights is None else range(nights):
        rng = Random(f"{seed}:{night}")
        runs = plan_night(night, at=at, rng=rng)
        end = max(run.ends for run in runs) + PAUSE
        yield from sorted([*in_order(runs), *_talk(at, end, rng)], key=lambda step: step.at)
        at = end


def subjects_follow(seed: int = 7) -> float:
    """Return how long after the first night's start the subject layer starts, in seconds."""
    begins = (step for step in plan_nights(seed=seed) if isinstance(step, Begin))
    return next(step.at for step in begins if step.layer is layers.SUBJECTS)


def plan_night(night: int, *, at: float, rng: Random) -> list[RunPlan]:
    """Return the runs of one night that starts at a time in seconds.

    The layers of the night start together and overlap; the subject layer follows when they are
    done. One of them goes badly, the user layer in the first night.
    """
    deck = Deck(rng)
    first = night * _RUNS_A_NIGHT
    unlucky = layers.USERS if night == 0 else rng.choice(layers.AT_NIGHT)
    runs = []
    for number, (layer, start) in enumerate(zip(layers.AT_NIGHT, _STARTS, strict=True), first):
        trouble = 0.3 if layer is unlucky else 0.02
        manner = Manner(
            PACE, deck, trouble=trouble, targets=_bounds(layer), most_unseen=_MOST_UNSEEN
        )
        runs.append(plan_run(layer, number=number, at=at + start, rng=rng, manner=manner))
    later = max(run.ends for run in runs) + _AFTER_THE_OTHERS
    calm = Manner(PACE, deck, trouble=0.05, most_unseen=_MOST_UNSEEN)
    talk = [rng.choice(layers.BY_DAY) for _ in range(rng.randint(1, 3))]
    starts = [later, *(at + rng.uniform(6, later - at) for _ in talk)]
    for number, (layer, start) in enumerate(zip((layers.SUBJECTS, *talk), starts, strict=True)):
        runs.append(plan_run(layer, number=first + 50 + number, at=start, rng=rng, manner=calm))
    return runs


def _bounds(layer: layers.Layer) -> tuple[int, int]:
    """Let the larger layers be worth watching."""
    return (9, 15) if layer is layers.USERS else layer.targets


def _talk(start: float, end: float, rng: Random) -> Iterator[Talk]:
    at = start + rng.uniform(1, 4)
    while at < end:
        yield Talk(
            at=at,
            channel_id=rng.choice(cast.channels())[0],
            author_id=rng.choice(cast.people())[0],
            content=rng.choice(cast.MESSAGES),
        )
        at += rng.uniform(2, 9)
