"""The poll of a server: it tells what the stream tells, and lives through lost connections."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.remote.poll_stage import GONE, GOOD, event, staged
from tests.waiting import eventually, soon
from zos_monitor.model.changes import Changed, Health
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.times import utc_now
from zos_monitor.remote import poll as polling
from zos_monitor.wire import PROTOCOL


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAUSES", (0.01, 0.02))
    monkeypatch.setattr(polling, "RETRY_SECONDS", 0.01)


async def test_the_first_news_is_everything_and_then_what_the_stream_tells() -> None:
    async with staged() as (stage, poll):
        [first] = await stage.told(1)
        assert first.changed is Changed.ALL
        assert first.health == Health(datetime(2026, 11, 21, 12, tzinfo=UTC))
        assert first.committed_at == datetime(2026, 11, 21, 12, tzinfo=UTC)
        stage.tell(b": beat\n\n" + event("calls"))
        await stage.told(2)
        stage.tell(event(health=GONE))
        await stage.told(3)
        stage.tell(event("runs", health=GONE))
        stage.tell(event("insights"))
        told = await stage.told(4)
        assert [one.changed for one in told[1:]] == [
            Changed.CALLS,
            Changed.NOTHING,
            Changed.RUNS | Changed.INSIGHTS,
        ]
        assert [one.health.fault for one in told] == [None, None, FaultKind.MISSING, None]
        assert (poll.followed, stage.greetings()) == (True, 1)


async def test_news_that_come_while_the_last_is_dealt_with_are_told_as_one() -> None:
    async with staged() as (stage, _):
        await stage.told(1)
        stage.may_go_on.clear()
        stage.tell(event("runs"))
        await stage.told(2)
        stage.tell(event("calls") + event("insights"))
        await stage.quiet()
        stage.may_go_on.set()
        told = await stage.told(3)
        assert told[2].changed == Changed.CALLS | Changed.INSIGHTS


async def test_a_server_that_is_not_there_is_told_once_and_tried_again(quick: None) -> None:
    async with staged(greeting=None) as (stage, _):
        [first] = await stage.told(1)
        assert (first.changed, first.health.fault) == (Changed.NOTHING, FaultKind.UNREACHABLE)
        await eventually(lambda: stage.greetings() > 8)
        assert len(stage.news) == 1
        stage.greeting = {"service": "zos-monitor", "protocol": PROTOCOL}
        told = await stage.told(2)
        assert (told[1].changed, told[1].health.fault) == (Changed.ALL, None)


async def test_since_when_it_is_lost_stays_though_the_reason_changes(quick: None) -> None:
    async with staged(greeting=None) as (stage, _):
        await stage.told(1)
        stage.greeting = {"service": "something else"}
        first, second = await stage.told(2)
        assert first.health.since == second.health.since
        assert first.health.message != second.health.message


async def test_a_stream_that_ends_is_connected_again_at_once_and_all_is_asked() -> None:
    async with staged() as (stage, _):
        await stage.told(1)
        stage.server.cut()
        told = await stage.told(2)
        assert [one.changed for one in told] == [Changed.ALL, Changed.ALL]
        assert [one.health.fault for one in told] == [None, None]


async def test_a_stream_that_ends_again_and_again_is_lost_and_tried_less_and_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "PAUSES", (3600.0,))
    async with staged() as (stage, _):
        for number in 1, 2:
            await stage.told(number)
            stage.server.cut()
        lost = (await stage.told(3))[2]
        assert lost.health.fault is FaultKind.UNREACHABLE
        await stage.quiet()
        assert (len(stage.news), stage.greetings()) == (3, 2)


async def test_what_waits_for_an_answer_is_told_that_the_server_is_lost(
    monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    async with staged() as (stage, poll):
        await stage.told(1)

        async def ask() -> None:
            async with poll.unless_lost():
                await asyncio.Event().wait()

        asking = [asyncio.create_task(ask()) for _ in range(2)]
        await stage.quiet()
        stage.greeting = None
        stage.server.cut()
        for one in asking:
            with pytest.raises(DatabaseFault, match="closed the connection"):
                await soon(one)
        monkeypatch.setattr(polling, "LOST_SECONDS", 0.01)
        with pytest.raises(DatabaseFault, match="closed the connection"):
            await soon(ask())
        async with poll.unless_lost():
            pass  # what is answered all the same is an answer


async def test_a_lost_connection_is_told_and_what_comes_back_is_everything(quick: None) -> None:
    async with staged() as (stage, _):
        await stage.told(1)
        stage.streams = False
        stage.server.cut()
        lost = (await stage.told(2))[1]
        assert (lost.changed, lost.health.fault) == (Changed.NOTHING, FaultKind.UNREACHABLE)
        stage.streams, stage.first = True, event("calls")
        back = (await stage.told(3))[2]
        assert (back.changed, back.health.fault) == (Changed.ALL, None)


async def test_silence_counts_as_lost(monkeypatch: pytest.MonkeyPatch, quick: None) -> None:
    monkeypatch.setattr(polling, "SILENCE_SECONDS", 0.05)
    async with staged() as (stage, _):
        await stage.told(1)
        stage.streams = False
        told = await stage.told(2)
        assert told[1].health.fault is FaultKind.UNREACHABLE
        assert "has been silent for 0.05 seconds" in told[1].health.message


async def test_beats_keep_it_from_being_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "SILENCE_SECONDS", 0.2)
    async with staged() as (stage, _):
        await stage.told(1)
        for _ in range(12):
            stage.tell(b": beat\n\n")
            await asyncio.sleep(0.03)
        assert (len(stage.news), stage.greetings()) == (1, 1)


async def test_pauses_grow_and_a_look_tries_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    def noted(least: float, most: float) -> float:
        pauses.append(least)
        return 0.0 if len(pauses) < 8 else 1.0

    monkeypatch.setattr("random.uniform", noted)
    monkeypatch.setattr(polling, "PAUSES", (0.01, 0.02, 3600.0))
    async with staged(greeting=None) as (stage, poll):
        await eventually(lambda: len(pauses) >= 8)
        tries = stage.greetings()
        await stage.quiet()
        assert stage.greetings() == tries
        stage.greeting = {"service": "zos-monitor", "protocol": PROTOCOL}
        poll.look_now()
        assert (await stage.told(2))[1].changed is Changed.ALL


async def test_look_now_tells_everything_though_nothing_changed() -> None:
    async with staged() as (stage, poll):
        await stage.told(1)
        poll.look_now()
        assert (await stage.told(2))[1].changed is Changed.ALL
        await stage.quiet()
        assert (len(stage.news), stage.greetings()) == (2, 2)


async def test_look_now_notices_that_the_server_is_gone(quick: None) -> None:
    async with staged() as (stage, poll):
        await stage.told(1)
        stage.greeting = None
        poll.look_now()
        assert (await stage.told(2))[1].health.fault is FaultKind.UNREACHABLE
        stage.greeting = {"service": "zos-monitor", "protocol": PROTOCOL}
        assert (await stage.told(3))[2].changed is Changed.ALL
        first, *_ = stage.server.streams
        first.write(event("calls"))  # which nobody reads any more
        await stage.quiet()
        assert len(stage.news) == 3


async def test_after_a_question_failed_all_is_told_again(quick: None) -> None:
    async with staged() as (stage, poll):
        await stage.told(1)
        poll.suspect()
        poll.suspect()
        assert (await stage.told(2))[1].changed is Changed.ALL
        stage.health = GONE  # the database is, not the server
        poll.suspect()
        told = await stage.told(3)
        assert (told[2].changed, told[2].health.fault) == (Changed.NOTHING, FaultKind.MISSING)
        stage.tell(event("other"))
        assert (await stage.told(4))[3].changed is Changed.ALL
        await stage.quiet()
        assert len(stage.news) == 4


async def test_paused_it_tells_nothing_and_resumed_what_it_missed(quick: None) -> None:
    async with staged() as (stage, poll):
        await stage.told(1)
        poll.pause()
        assert poll.paused
        stage.tell(event("calls"))
        await stage.quiet()
        assert len(stage.news) == 1
        poll.look_now()
        assert (await stage.told(2))[1].changed is Changed.ALL
        stage.tell(event("insights") + event("runs"))
        await stage.quiet()
        assert len(stage.news) == 2
        poll.resume()
        assert (await stage.told(3))[2].changed == Changed.INSIGHTS | Changed.RUNS
        assert not poll.paused


async def test_paused_a_lost_connection_waits_for_the_operator(quick: None) -> None:
    async with staged() as (stage, poll):
        await stage.told(1)
        poll.pause()
        stage.greeting = None
        stage.server.cut()
        await eventually(lambda: stage.greetings() >= 2)
        await stage.quiet()
        tries = stage.greetings()
        await asyncio.sleep(0.1)
        assert (stage.greetings(), len(stage.news)) == (tries, 1)
        poll.suspect()  # a question failed: that is owed an answer
        assert (await stage.told(2))[1].health.fault is FaultKind.UNREACHABLE
        stage.greeting = {"service": "zos-monitor", "protocol": PROTOCOL}
        poll.resume()
        assert (await stage.told(3))[2].changed is Changed.ALL


@pytest.mark.parametrize(
    ("protocol", "words"),
    [(PROTOCOL + 1, "upgrade zos-monitor here"), (PROTOCOL - 1, "upgrade the zos-monitor there")],
)
async def test_another_protocol_says_which_side_to_upgrade(protocol: int, words: str) -> None:
    async with staged(greeting={"service": "zos-monitor", "protocol": protocol}) as (stage, _):
        [first] = await stage.told(1)
        assert words in first.health.message


@pytest.mark.parametrize(
    "said",
    [
        b"event: change\ndata: {}\n\n",
        b"event: change\ndata: [1\n\n",
        b'event: change\ndata: {"changed": 1, "health": null}\n\n',
        b"event: change\ndata: " + b"[" * 100_000 + b"\n\n",
        event("runs", health=GOOD | {"since": "yesterday"}),
        event("runs", health=GOOD | {"since": None}),
    ],
)
async def test_a_stream_that_is_none_of_ours_is_a_fault(said: bytes, quick: None) -> None:
    async with staged(first=said) as (stage, _):
        [first] = await stage.told(1)
        assert first.health.fault is FaultKind.UNREACHABLE
        assert "no answer of a zos-monitor" in first.health.message


async def test_how_far_the_clock_there_is_ahead_is_told() -> None:
    now = (utc_now() + timedelta(hours=5)).isoformat()
    greeting = {"service": "zos-monitor", "protocol": PROTOCOL, "now": now}
    async with staged(greeting=greeting) as (stage, _):
        await stage.told(1)
        [ahead] = stage.ahead
        assert abs(ahead - timedelta(hours=5)) < timedelta(seconds=10)
