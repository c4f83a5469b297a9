"""Bars of calls over a run's time, and the waits in which there was none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tui.made_workings import BEGAN, made_call, made_target, made_workings, span
from zos_monitor.model.workings import CallSpan
from zos_monitor.tui.glyphs import ASCII, UNICODE
from zos_monitor.tui.waterfall import (
    TimeUse,
    Wait,
    draw,
    marks,
    scale,
    time_use,
    time_words,
    waits_of,
)


def use_of(lasted: float) -> TimeUse:
    return TimeUse(BEGAN, BEGAN + timedelta(seconds=lasted), timedelta(), ())


def wait(began: float, ended: float) -> Wait:
    return Wait(BEGAN + timedelta(seconds=began), BEGAN + timedelta(seconds=ended))


BARS = [
    # seconds of the run, calls, waits, bar of ten cells
    (100, [], [], "          "),
    (100, [span(0, 100)], [], "=========="),
    (100, [span(0, 10)], [], "=         "),
    (100, [span(10, 20)], [], " =        "),
    (100, [span(10, 20.1)], [], " ==       "),
    (100, [span(50, 50.01)], [], "     =    "),  # far shorter than a cell
    (100, [span(50, 50)], [], "     =    "),
    (100, [span(100, 100)], [], "         ="),
    (100, [span(0, 30), span(60, 80)], [], "===   --  "),
    (100, [span(0, 30), span(30, 50), span(50, 60)], [], "===--=    "),
    (100, [span(0, 30, False)], [], "xxx       "),
    (100, [span(0, 30, None)], [], "===       "),
    (100, [span(0, 29), span(25, 26, False)], [], "==x       "),  # a failure is not hidden
    (100, [span(20, 26, False), span(25, 50)], [], "  x--     "),
    (100, [span(70, 80)], [wait(10, 70)], " ......=  "),
    (100, [span(65, 80)], [wait(10, 65)], " .....==  "),
    (0, [span(0, 0)], [], "=         "),
    (100, [span(-50, 10)], [], "=         "),  # begun before the run, by its latency
    (100, [span(90, 400)], [], "         ="),
    (100, [span(30, 10)], [], "   =      "),  # a latency below 0
]


@pytest.mark.parametrize(("lasted", "calls", "waits", "bar"), BARS)
def test_a_bar_has_a_sign_for_each_part_of_the_time(
    lasted: float, calls: list[CallSpan], waits: list[Wait], bar: str
) -> None:
    found = marks(calls, waits, use_of(lasted), 10)
    assert "".join(cell.text for cell in draw(found, ASCII)) == bar


def test_a_bar_tells_failures_and_waits_by_sign_and_by_colour() -> None:
    found = marks([span(0, 10), span(60, 80, False)], [wait(10, 60)], use_of(80), 8)
    assert [(cell.text, cell.style) for cell in draw(found, UNICODE)] == [
        ("▆", "waterfall--call"),
        ("┄┄┄┄┄", "waterfall--wait"),
        ("✗✗", "waterfall--failed"),
    ]
    assert marks([span(0, 10)], [], use_of(80), 0) == ()


@pytest.mark.parametrize(
    ("seconds", "width", "words"),
    [
        (200, 25, "0        1m 40s    3m 20s"),
        (200, 16, "0         3m 20s"),
        (200, 8, "0 3m 20s"),
        (200, 7, " 3m 20s"),
        (200, 3, ""),
        (4.2, 20, "0       2.1s    4.2s"),
        (0, 9, "0      0s"),
    ],
)
def test_the_scale_goes_from_nothing_to_the_whole_time(
    seconds: float, width: int, words: str
) -> None:
    assert scale(timedelta(seconds=seconds), width) == words


def waits_in(*spans: CallSpan, lasted: float) -> list[tuple[float, float]]:
    workings = replace(made_workings(lasted=lasted), targets=(made_target(*spans),))
    use = time_use(workings)
    assert use is not None
    return [
        ((one.began_at - BEGAN).total_seconds(), (one.ended_at - BEGAN).total_seconds())
        for one in use.waits
    ]


def test_a_wait_is_a_time_without_any_call() -> None:
    assert waits_in(span(0, 5), span(59.9, 70), lasted=70) == []
    assert waits_in(span(0, 5), span(60, 70), lasted=70) == [(5, 60)]
    assert waits_in(span(61, 70), span(130, 140), lasted=200) == [(0, 61), (70, 130), (140, 200)]
    assert waits_in(span(0, 100), span(10, 20), span(120, 130), lasted=130) == []  # they overlap
    assert waits_in(lasted=500) == []  # nothing is known of its calls


def test_a_call_of_unknown_latency_may_have_taken_the_time_before_it() -> None:
    moment = made_target(span(200, 200))
    use = time_use(replace(made_workings(lasted=210), targets=(moment,)))
    assert use is not None
    assert use.waits == ()
    assert time_words(use, ASCII)[0].endswith("no latency of a call is recorded")


def test_a_wait_belongs_to_the_target_whose_call_ends_it() -> None:
    first, second = made_target(span(0, 5)), made_target(span(70, 75), topic="self:zos")
    use = time_use(replace(made_workings(lasted=80), targets=(first, second)))
    assert use is not None
    assert (waits_of(first, use), waits_of(second, use)) == ([], [wait(5, 70)])
    assert use.busy == timedelta(seconds=10)


def test_what_came_before_the_newest_calls_is_no_wait() -> None:
    workings = made_workings(made_call(1, at=500), made_call(2, at=600), lasted=600)
    assert len(getattr(time_use(workings), "waits", ())) == 2
    use = time_use(replace(workings, call_count=9))
    assert use is not None
    assert [one.lasted.total_seconds() for one in use.waits] == [96]
    assert time_words(use, ASCII)[0] == "newest 2 calls took 8.0s of 10m 00s"


def test_how_the_time_was_used_is_told_in_words() -> None:
    calls = [made_call(n, at=at) for n, at in enumerate((4, 70, 140))]
    use = time_use(made_workings(*calls, lasted=150))
    assert use is not None
    assert time_words(use, ASCII) == (
        "calls took 12s of 2m 30s",
        ".. 2 waits, 2m 08s",
    )
    unknown = made_workings(made_call(ended_at=None), began_at=None, ended_at=None)
    assert time_use(unknown) is None
