"""Following runs that are to come: a layer's next one, and those of the night."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.following.told import (
    AWAITED,
    BEGAN,
    ENDED,
    LAYER,
    MINUTE,
    OPEN,
    WENT_ON,
    begin,
    end,
    follow,
)
from tests.totals.comparing import Clock
from tests.waiting import eventually
from zos_monitor.answers.exact import of_layer
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.followed import NextOfLayer, Tonight
from zos_monitor.model.news import Event, Verdict
from zos_monitor.model.nights import Nights
from zos_monitor.service import RunService


def next_of(layer: str = LAYER) -> NextOfLayer:
    return NextOfLayer(layer, of_layer(layer))


async def test_the_running_run_of_a_layer_is_followed(service: RunService, zos: ZosWriter) -> None:
    begin(zos, "one", 1)
    begin(zos, "other", layer="other")
    async with follow(service, next_of()) as told:
        await told.so_far((OPEN, "one"))
        end(zos, "one")
        assert await told.over() is Verdict.WELL


async def test_the_next_run_of_a_layer_is_waited_for(service: RunService, zos: ZosWriter) -> None:
    begin(zos, "before", 60 * 24)
    end(zos, "before", "failed")
    async with follow(service, next_of()) as told:
        await told.so_far((Event.AWAITED, LAYER))
        begin(zos, "other", layer=LAYER.upper())
        begin(zos, "one")
        await told.so_far((Event.AWAITED, LAYER), (BEGAN, "one"))
        end(zos, "one")
        assert await told.over() is Verdict.WELL


async def test_a_run_that_begins_and_ends_between_two_looks_is_not_missed(
    service: RunService, zos: ZosWriter
) -> None:
    begin(zos, "stalled", 60)
    async with follow(service, next_of()) as told:
        await told.so_far((Event.AWAITED, LAYER))
        assert told.news[0].message == "its run stalled is stalled"
        with zos.batch():
            begin(zos, "one")
            end(zos, "one", "failed")
        assert await told.over() is Verdict.BADLY
    assert told.events[1:] == [(ENDED, "one")]


async def test_a_stalled_run_of_the_layer_that_goes_on_is_the_next(
    service: RunService, zos: ZosWriter
) -> None:
    begin(zos, "stalled", 60)
    async with follow(service, next_of()) as told:
        await told.so_far((Event.AWAITED, LAYER))
        zos.call("stalled", "user:1", created_at=NOW)
        await eventually(lambda: len(told.events) > 1)
        assert told.events[1] == (BEGAN, "stalled")
        end(zos, "stalled")
        assert await told.over() is Verdict.WELL


async def test_the_starts_of_the_night_are_followed_to_the_last(
    scheduler: RunService, zos: ZosWriter, clock: Clock
) -> None:
    async with follow(scheduler, Tonight()) as told:
        await told.so_far(*AWAITED)
        clock.now = NOW + 31 * MINUTE
        begin(zos, "one", -30, layer="first")
        await told.so_far(*AWAITED, (BEGAN, "one"))
        begin(zos, "by-hand", -31, layer="other")
        end(zos, "one")
        await told.so_far(*AWAITED, (BEGAN, "one"), (ENDED, "one"))
        assert not told.task.done()
        clock.now = NOW + 61 * MINUTE
        with zos.batch():
            begin(zos, "two", -60, layer="second")
            end(zos, "two", "dry")
        assert await told.over() is Verdict.WELL
    assert told.events[-1] == (ENDED, "two")
    assert told.following.counts == {"success": 1, "dry": 1}


async def test_a_start_that_is_missed_ends_the_night_badly(
    scheduler: RunService, zos: ZosWriter, clock: Clock
) -> None:
    async with follow(scheduler, Tonight()) as told:
        await told.so_far(*AWAITED)
        clock.now = NOW + 31 * MINUTE
        begin(zos, "one", -30, layer="first")
        await told.so_far(*AWAITED, (BEGAN, "one"))
        end(zos, "one")
        await told.so_far(*AWAITED, (BEGAN, "one"), (ENDED, "one"))
        clock.now = NOW + 91 * MINUTE
        zos.call(None, None, created_at=NOW)
        assert await told.over() is Verdict.BADLY
    assert told.events[-1] == (Event.MISSED, "second")
    assert told.news[-1].due_at == NOW + 60 * MINUTE


async def test_a_night_is_followed_into_the_next_one(
    scheduler: RunService, zos: ZosWriter, clock: Clock
) -> None:
    clock.now = NOW + 61 * MINUTE
    begin(zos, "one", -30, layer="first")
    end(zos, "one")
    begin(zos, "two", -60, layer="second")
    async with follow(scheduler, Tonight()) as told:
        await told.so_far((ENDED, "one"), (OPEN, "two"))
        clock.now = NOW + timedelta(days=1, minutes=5)
        zos.call("two", "user:1", created_at=clock.now)
        begin(zos, "by-hand", -60 * 24, layer="first")
        await told.so_far((ENDED, "one"), (OPEN, "two"), (WENT_ON, "two"))
        end(zos, "two")
        assert await told.over() is Verdict.WELL
    assert told.following.counts == {"success": 2}


async def test_time_alone_makes_a_start_missed(
    scheduler: RunService, zos: ZosWriter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    nights = scheduler.nights

    async def later() -> Nights:
        asked.append(1)
        found = await nights()
        if len(asked) == 1:
            clock.now = found.turns_at or NOW  # by when it wakes
        else:
            clock.now = NOW + 95 * MINUTE
        return found

    monkeypatch.setattr(scheduler, "nights", later)
    monkeypatch.setattr("zos_monitor.following.OVERDUE_SECONDS", 0.01)
    async with follow(scheduler, Tonight()) as told:
        assert await told.over() is Verdict.BADLY
    assert told.following.counts == {"missed": 2}


async def test_a_stalled_run_does_not_hold_up_the_end_of_the_night(
    scheduler: RunService, zos: ZosWriter, clock: Clock
) -> None:
    clock.now = NOW + 80 * MINUTE
    begin(zos, "one", -30, layer="first")
    begin(zos, "two", -60, layer="second")
    end(zos, "two")
    async with follow(scheduler, Tonight()) as told:
        assert await told.over() is Verdict.UNDECIDED
    assert told.following.counts == {"stalled": 1, "success": 1}


async def test_without_any_schedule_the_night_is_over_at_once(
    service: RunService, zos: ZosWriter
) -> None:
    tonight = Tonight()
    async with follow(service, tonight) as told:
        assert await told.over() is Verdict.WELL
    assert not tonight.scheduled
