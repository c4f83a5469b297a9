"""A run beside another one: which one that is, and what is new in the one and gone in the other."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, error, service_on
from tests.store.plans import plans_of
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.causes import cause_of
from zos_monitor.model.comparison import CauseCount, Comparison, FailedTopic, Partner
from zos_monitor.service import RunService
from zos_monitor.store import comparison_queries
from zos_monitor.store.comparison_queries import LOOKED_BACK

LIMIT, LATE, LOCKED = "429 rate limit reached", "Request timed out.", "database is locked"
ADA, BRAM = "server:1:user:2", "server:1:user:3"


@pytest.fixture
async def service(path: Path, zos: ZosWriter) -> AsyncIterator[RunService]:
    service = service_on(path)
    yield service
    await service.closed()


def hours(count: float) -> datetime:
    return NOW - timedelta(hours=count)


async def compared(service: RunService, run: str, marked: str | None = None) -> Comparison:
    found = await service.comparison(run, marked=marked)
    assert found is not None
    assert found.this.id == run
    return found


async def partner(service: RunService, run: str, marked: str | None = None) -> str | None:
    found = await compared(service, run, marked)
    return None if found.other is None else found.other.id


async def test_it_is_beside_the_last_success_of_its_layer_before_it(
    zos: ZosWriter, service: RunService
) -> None:
    for run_id, start, columns in (
        ("older", hours(9), {}),
        ("same-1", hours(8), {}),
        ("same-2", hours(8), {"status": "partial"}),
        ("same-3", hours(8), {}),
        ("elsewhere", hours(7), {"layer_name": "other"}),
        ("partial", hours(6), {"status": "partial"}),
        ("open", hours(5), {"completed_at": None}),
        ("this", hours(4), {"status": "failed"}),
        ("later", hours(3), {}),
        ("alone", hours(2), {"layer_name": b"\xff", "status": "failed"}),
        ("alone-too", hours(3), {"layer_name": b"\xff"}),
        ("not-alone", hours(2.5), {"layer_name": b"\xfe"}),
        ("unclear", "once", {}),
        ("before", 3, {}),
    ):
        zos.raw_run(**{"id": run_id, "started_at": start, "completed_at": NOW, **columns})
    assert await partner(service, "this") == "same-3"
    assert await partner(service, "same-3") == "same-1"
    assert await partner(service, "later") == "same-3"
    assert await partner(service, "alone") == "alone-too"
    assert await partner(service, "elsewhere") is None
    assert await partner(service, "unclear") == "later"  # as SQLite sorts it
    assert await partner(service, "older") == "before"
    assert await service.comparison("nobody", marked="this") is None
    for nobody in ("\udcff", "nobody", "this", None):
        found = await compared(service, "this", nobody)
        assert (found.other and found.other.id, found.partner) == ("same-3", Partner.LAST_SUCCESS)
    found = await compared(service, "this", "later")
    assert (found.other and found.other.id, found.partner) == ("later", Partner.MARKED)
    assert await partner(service, "this", "elsewhere") == "elsewhere"


async def test_the_look_back_has_an_end_and_an_index(
    zos: ZosWriter, service: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(6):
        zos.raw_run(id=f"run-{n}", started_at=hours(9 - n), status="failed" if n else "success")
    plans = plans_of(monkeypatch, but="llm_calls")
    monkeypatch.setattr(comparison_queries, "LOOKED_BACK", 4)
    assert await partner(service, "run-4") == "run-0"
    assert await partner(service, "run-5") is None
    index = "ix_layer_runs_name_started (layer_name=? AND started_at<?)"
    looks = [plan for plan in plans if any(index in step for step in plan)]
    assert len(looks) == 2
    assert not any("TEMP B-TREE" in step for plan in looks for step in plan)
    assert LOOKED_BACK == 20_000


async def test_what_is_new_and_what_is_gone(zos: ZosWriter, service: RunService) -> None:
    zos.server("1", "Home", created_at=NOW)
    zos.person("2", "1", "Ada", captured_at=NOW)
    before = [error(LATE, "c"), error(LOCKED, BRAM), error(LATE, "same"), error(LATE)]
    now = [
        error(LATE, "fresh"),
        *(error(text, ADA) for text in (LIMIT, LATE, LIMIT)),
        error(LATE, "same"),
        error("401 authentication failed"),
    ]
    ended = {"completed_at": NOW, "status": "success"}
    zos.raw_run(id="before", started_at=hours(2), errors=json.dumps(before), **ended)
    zos.raw_run(id="this", started_at=hours(1), errors=json.dumps(now), **ended)
    zos.call("before", ADA, created_at=hours(2))
    zos.insight("this", BRAM, created_at=hours(1))
    found = await compared(service, "this")
    keyless = cause_of("401 authentication failed")
    assert found.new_causes == (CauseCount(cause_of(LIMIT), 2), CauseCount(keyless, 1))
    assert found.gone_causes == (CauseCount(cause_of(LOCKED), 1),)
    assert found.newly_failing == (
        FailedTopic("fresh", None, cause_of(LATE), in_both=False),
        FailedTopic(ADA, "@Ada", cause_of(LIMIT), in_both=True),
    )
    assert found.recovered == (
        FailedTopic("c", None, cause_of(LATE), in_both=False),
        FailedTopic(BRAM, None, cause_of(LOCKED), in_both=True),
    )
    zos._connection.executescript("DROP TABLE llm_calls; DROP TABLE insights")
    found = await compared(service, "this")
    assert [topic.in_both for topic in (*found.newly_failing, *found.recovered)] == [None] * 4
    alone = await compared(service, "before")
    assert (alone.new_causes, alone.newly_failing, alone.gone_causes) == ((), (), ())


async def test_an_open_run_has_the_errors_of_its_calls(zos: ZosWriter, service: RunService) -> None:
    zos.raw_run(id="before", started_at=hours(2))
    zos.raw_run(id="open", started_at=hours(1), completed_at=None, errors=None)
    zos.call("open", ADA, created_at=hours(1), success=False, error=LIMIT)
    found = await compared(service, "open")
    assert found.new_causes == (CauseCount(cause_of(LIMIT), 1),)
    assert found.newly_failing == (FailedTopic(ADA, None, cause_of(LIMIT)),)


async def test_every_run_of_a_history_has_its_partner(history: Path) -> None:
    with closing(sqlite3.connect(history)) as connection:
        rows = connection.execute(
            "SELECT id, layer_name, status = 'success' AND completed_at IS NOT NULL"
            " FROM layer_runs WHERE id NOT LIKE 'broken%' AND layer_name NOT LIKE 'broken%'"
            " ORDER BY started_at, rowid"
        ).fetchall()
    service = service_on(history)
    last: dict[str, str] = {}
    met: Counter[bool] = Counter()
    for at, (run_id, layer, succeeded) in enumerate(rows):
        if at % 9 == 0 or layer == "odd":
            assert await partner(service, run_id) == last.get(layer)
            met[layer in last] += 1
        if succeeded:
            last[layer] = run_id
    assert min(met[True], met[False]) > 1
    await service.closed()
