"""Following runs: what is told of them, when it is over, and how it turned out."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.totals.comparing import Clock
from tests.waiting import eventually, soon
from tests.watching import QUICK
from zos_monitor.answers.filters import layer_filter, narrowed
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.followed import Followed, NextOfLayer, OneRun, OpenRuns, Tonight
from zos_monitor.following import Following
from zos_monitor.model.faults import DatabaseFault, FaultKind, NotOffered
from zos_monitor.model.news import Event, News, Verdict
from zos_monitor.model.nights import Nights
from zos_monitor.model.present import Present
from zos_monitor.service import RunService

LAYER = "nightly-user-reflection"
MINUTE = timedelta(minutes=1)
OPEN, BEGAN, WENT_ON, TURNED, ENDED = list(Event)[:5]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(path: Path, zos: ZosWriter, clock: Clock) -> AsyncIterator[RunService]:
    service = RunService(path, clock=clock, poll_interval=QUICK)
    yield service
    await service.closed()


def begin(zos: ZosWriter, run_id: str, minutes: float = 0, layer: str = LAYER) -> None:
    zos.raw_run(
        id=run_id,
        layer_name=layer,
        started_at=NOW - minutes * MINUTE,
        completed_at=None,
        status="dry",
        targets_matched=2,
    )


def end(zos: ZosWriter, run_id: str, status: str = "success") -> None:
    zos.finish_run(run_id, completed_at=NOW, processed=1, status=status)


class Told:
    """What a following has told so far."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self.news: list[News] = []
        self.looks = 0
        self.task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for news in self.following.news():
            self.looks += 1
            self.news += news

    @property
    def events(self) -> list[tuple[str, str]]:
        return [
            (str(one.event), one.run.id if one.run is not None else one.layer_name)
            for one in self.news
        ]

    async def so_far(self, *events: tuple[str, str]) -> None:
        await eventually(lambda: self.events == list(events) or self.task.done())
        assert self.events == list(events)

    async def over(self) -> Verdict:
        await soon(self.task)
        return self.following.verdict


@asynccontextmanager
async def follow(
    service: RunService, followed: Followed, *, patient: bool = False
) -> AsyncIterator[Told]:
    told = Told(Following(service, followed, patient=patient))
    try:
        yield told
    finally:
        told.task.cancel()
        await asyncio.wait([told.task])


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


# The next run of a layer


def next_of(layer: str = LAYER) -> NextOfLayer:
    return NextOfLayer(layer, layer_filter(layer))


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


# Tonight


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a zos folder whose night has two starts: at 12:30 and at 13:00, soon after NOW."""
    layers = tmp_path / "zos" / "layers"
    layers.mkdir(parents=True)
    (tmp_path / "zos" / "config.yaml").write_text("{}")
    for name, cron in (("first", "30 12 * * *"), ("second", "0 13 * * *")):
        (layers / f"{name}.yaml").write_text(f'name: {name}\nschedule: "{cron}"\nnodes: []\n')
    return tmp_path / "zos"


@pytest.fixture
async def scheduler(
    path: Path, zos: ZosWriter, clock: Clock, folder: Path
) -> AsyncIterator[RunService]:
    service = RunService(path, clock=clock, zos_dir=folder, poll_interval=QUICK)
    yield service
    await service.closed()


AWAITED = [(Event.AWAITED, "first"), (Event.AWAITED, "second")]


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


# Faults


@contextmanager
def away(path: Path) -> Iterator[None]:
    """Take the database away for a while."""
    aside = path.with_suffix(".aside")
    os.rename(path, aside)
    try:
        yield
    finally:
        os.rename(aside, path)


async def test_a_database_that_is_missing_at_first_is_a_fault(
    service: RunService, path: Path
) -> None:
    with away(path):
        async with follow(service, OneRun("one")) as told:
            with pytest.raises(DatabaseFault, match="no database"):
                await told.over()


async def test_a_patient_one_waits_for_it(service: RunService, zos: ZosWriter, path: Path) -> None:
    begin(zos, "one", 1)
    zos.close()
    with away(path):
        following = follow(service, OneRun("one"), patient=True)
        told = await following.__aenter__()
        await told.so_far((Event.LOST, ""))
        await asyncio.sleep(50 * QUICK)
        assert told.events == [(Event.LOST, "")]
    await told.so_far((Event.LOST, ""), (Event.BACK, ""), (OPEN, "one"))
    await following.__aexit__(None, None, None)


async def test_a_database_that_goes_is_told_once_and_waited_for(
    service: RunService, zos: ZosWriter, path: Path
) -> None:
    begin(zos, "one", 1)
    zos.close()
    async with follow(service, OneRun("one")) as told:
        await told.so_far((OPEN, "one"))
        with away(path):
            await eventually(lambda: (Event.LOST, "") in told.events)
            assert "no database" in told.news[-1].message
        await told.so_far((OPEN, "one"), (Event.LOST, ""), (Event.BACK, ""))
        with ZosWriter(path) as again:
            end(again, "one")
        assert await told.over() is Verdict.WELL


@pytest.mark.parametrize("name", ["present", "nights"])
async def test_a_question_that_fails_loses_no_news(
    scheduler: RunService,
    zos: ZosWriter,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    async with follow(scheduler, Tonight()) as told:
        await told.so_far(*AWAITED)
        ask = getattr(scheduler, name)
        failed: list[int] = []

        async def fails_twice() -> object:
            if len(failed) < 2:
                failed.append(1)
                raise DatabaseFault(FaultKind.LOCKED, "the database is locked")
            return await ask()

        monkeypatch.setattr(scheduler, name, fails_twice)
        monkeypatch.setattr("zos_monitor.polling.RETRY_SECONDS", 0.01)
        clock.now = NOW + 61 * MINUTE  # the first start is missed
        begin(zos, "two", -60, layer="second")
        end(zos, "two")
        assert await told.over() is Verdict.BADLY
    assert len(failed) == 2
    assert sorted(told.events[2:]) == sorted(
        [
            (Event.LOST, ""),
            (Event.BACK, ""),
            (Event.MISSED, "first"),
            *[(ENDED, "two")],
            *([(BEGAN, "two")] if (BEGAN, "two") in told.events else []),
        ]
    )


async def test_where_the_present_is_not_offered_each_run_is_asked_for(
    service: RunService, zos: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_offered() -> object:
        raise NotOffered("progress is not offered by this server")

    monkeypatch.setattr(service, "present", not_offered)
    begin(zos, "one", 1)
    async with follow(service, OneRun("one")) as told:
        await told.so_far((OPEN, "one"))
        end(zos, "one")
        assert await told.over() is Verdict.WELL


async def test_a_question_that_is_never_answered_ends_it(
    service: RunService, zos: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_offered() -> Nights:
        raise NotOffered("nights are not offered by this server")

    monkeypatch.setattr(service, "nights", not_offered)
    async with follow(service, Tonight()) as told:
        with pytest.raises(NotOffered):
            await told.over()
