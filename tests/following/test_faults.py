"""Following runs where the database, or an answer, is not to be had."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.following.told import (
    AWAITED,
    BEGAN,
    ENDED,
    MINUTE,
    OPEN,
    begin,
    end,
    follow,
)
from tests.totals.comparing import Clock
from tests.waiting import eventually
from tests.watching import QUICK
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.followed import OneRun, Tonight
from zos_monitor.model.faults import DatabaseFault, FaultKind, NotOffered
from zos_monitor.model.news import Event, Verdict
from zos_monitor.model.nights import Nights
from zos_monitor.service import RunService


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
