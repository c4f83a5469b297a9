"""Following runs that are there: call by call, to their ends."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.following.told import (
    ENDED,
    MINUTE,
    OPEN,
    TURNED,
    WENT_ON,
    begin,
    end,
    follow,
)
from tests.totals.comparing import Clock
from tests.waiting import eventually
from tests.watching import QUICK
from zos_monitor.answers.filters import narrowed
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.followed import OneRun, OpenRuns
from zos_monitor.model.news import Event, Verdict
from zos_monitor.model.present import Present
from zos_monitor.service import RunService


def open_runs(text: str = "") -> OpenRuns:
    return OpenRuns(narrowed(text, states=("running", "stalled")))


async def test_a_run_is_followed_from_call_to_call_to_its_end(
    service: RunService, zos: ZosWriter
) -> None:
    begin(zos, "one", 1)
    async with follow(service, OneRun("one")) as told:
        await told.so_far((OPEN, "one"))
        zos.call("one", "user:1", created_at=NOW, cost=0.5)
        await told.so_far((OPEN, "one"), (WENT_ON, "one"))
        went_on = told.news[-1].run
        assert went_on is not None
        assert (went_on.usage.calls, went_on.usage.cost_usd) == (1, 0.5)
        zos.call("one", "user:1", created_at=NOW, success=False, error="no", cost=None)
        await told.so_far((OPEN, "one"), (WENT_ON, "one"), (WENT_ON, "one"))
        assert not told.task.done()
        end(zos, "one")
        assert await told.over() is Verdict.WELL
    assert told.events[-1] == (ENDED, "one")


ENDS = {
    "success": Verdict.WELL,
    "dry": Verdict.WELL,
    "partial": Verdict.BADLY,
    "failed": Verdict.BADLY,
    "paused": Verdict.BADLY,
}


@pytest.mark.parametrize(("status", "verdict"), ENDS.items())
async def test_a_run_that_has_ended_is_told_at_once(
    service: RunService, zos: ZosWriter, status: str, verdict: Verdict
) -> None:
    begin(zos, "one", 1)
    end(zos, "one", status)
    async with follow(service, OneRun("one")) as told:
        assert await told.over() is verdict
    assert told.events == [(ENDED, "one")]


async def test_what_others_do_is_no_news(service: RunService, zos: ZosWriter) -> None:
    begin(zos, "one", 1)
    async with follow(service, OneRun("one")) as told:
        await told.so_far((OPEN, "one"))
        begin(zos, "other")
        zos.call("other", "user:1", created_at=NOW)
        end(zos, "other", "failed")
        end(zos, "one")
        assert await told.over() is Verdict.WELL
    assert told.events == [(OPEN, "one"), (ENDED, "one")]


async def test_nothing_is_asked_while_nothing_changes(
    service: RunService, zos: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(zos, "one", 1)
    asked = []
    present = service.present

    async def counted() -> Present:
        asked.append(1)
        return await present()

    monkeypatch.setattr(service, "present", counted)
    async with follow(service, OneRun("one")) as told:
        await told.so_far((OPEN, "one"))
        await asyncio.sleep(100 * QUICK)  # many looks of the poll
        settled = len(asked)
        await asyncio.sleep(100 * QUICK)
        assert len(asked) == settled <= 3  # the second looks at a new file may tell of something


async def test_time_alone_turns_a_run_stalled_and_ends_the_watch(
    service: RunService, zos: ZosWriter, clock: Clock
) -> None:
    begin(zos, "one", 9.99999)
    async with follow(service, OneRun("one")) as told:
        await told.so_far((OPEN, "one"))
        clock.now += 2 * MINUTE  # while it sleeps until that instant
        assert await told.over() is Verdict.UNDECIDED
    assert told.events == [(OPEN, "one"), (TURNED, "one")]
    assert told.following.counts == {"stalled": 1}


async def test_a_clock_that_jumps_turns_runs_at_once(
    service: RunService, zos: ZosWriter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zos_monitor.following.LOOK_SECONDS", 0.01)
    begin(zos, "stalled", 60, layer="a")
    begin(zos, "running", 1, layer="b")
    so_far = [(OPEN, "stalled"), (OPEN, "running")]
    async with follow(service, open_runs()) as told:
        await told.so_far(*so_far)
        clock.now -= 55 * MINUTE  # it is put right
        so_far.append((TURNED, "stalled"))
        await told.so_far(*so_far)
        clock.now += 300 * MINUTE  # the machine has slept
        assert await told.over() is Verdict.UNDECIDED
    assert told.following.counts == {"stalled": 2}


async def test_a_stalled_run_is_not_waited_for_but_told_when_it_goes_on(
    service: RunService, zos: ZosWriter
) -> None:
    begin(zos, "stalled", 60, layer="a")
    begin(zos, "running", 1, layer="b")
    async with follow(service, open_runs()) as told:
        await told.so_far((OPEN, "stalled"), (OPEN, "running"))
        zos.call("stalled", "user:1", created_at=NOW)
        await told.so_far((OPEN, "stalled"), (OPEN, "running"), (TURNED, "stalled"))
        end(zos, "running", "partial")
        await eventually(lambda: (ENDED, "running") in told.events)
        assert not told.task.done()
        end(zos, "stalled")
        assert await told.over() is Verdict.BADLY
    assert told.following.counts == {"success": 1, "partial": 1}


async def test_a_stalled_run_alone_is_over_at_once(service: RunService, zos: ZosWriter) -> None:
    begin(zos, "stalled", 60)
    async with follow(service, open_runs()) as told:
        assert await told.over() is Verdict.UNDECIDED


async def test_where_nothing_is_open_all_is_over(service: RunService, zos: ZosWriter) -> None:
    begin(zos, "done")
    end(zos, "done", "failed")
    async with follow(service, open_runs()) as told:
        assert await told.over() is Verdict.WELL
    assert (told.events, dict(told.following.counts)) == ([], {})


async def test_of_the_open_runs_a_filter_chooses(service: RunService, zos: ZosWriter) -> None:
    begin(zos, "one", 1, layer="a")
    begin(zos, "two", 1, layer="b")
    async with follow(service, open_runs("layer:b")) as told:
        await told.so_far((OPEN, "two"))
        begin(zos, "later", layer="b")  # it was not open when the watch began
        end(zos, "two")
        assert await told.over() is Verdict.WELL


async def test_a_run_that_is_deleted_is_gone(
    service: RunService, zos: ZosWriter, path: Path
) -> None:
    begin(zos, "one", 1)
    async with follow(service, OneRun("one")) as told:
        await told.so_far((OPEN, "one"))
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM layer_runs")
        assert await told.over() is Verdict.UNDECIDED
    assert told.events == [(OPEN, "one"), (Event.VANISHED, "one")]
    assert told.following.counts == {"gone": 1}


async def test_that_a_run_is_gone_is_told_once(
    service: RunService, zos: ZosWriter, path: Path
) -> None:
    begin(zos, "one", 2)
    begin(zos, "two", 1)
    async with follow(service, open_runs()) as told:
        await told.so_far((OPEN, "one"), (OPEN, "two"))
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM layer_runs WHERE id = 'one'")
        await eventually(lambda: (Event.VANISHED, "one") in told.events)
        zos.call("two", "user:1", created_at=NOW)
        await eventually(lambda: (WENT_ON, "two") in told.events)
        end(zos, "two")
        assert await told.over() is Verdict.UNDECIDED
    assert [event for event, _ in told.events].count(Event.VANISHED) == 1
