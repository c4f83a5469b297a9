"""Over HTTP: a server that redacts, a dashboard that redacts what a server tells, and both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.api.asking import asking
from tests.api.serving import serving_api
from tests.conftest import service_on
from tests.contract.afar import listening
from tests.redaction.marked import LAYER, MARK, PARTIAL, SHAPES
from tests.redaction.test_questions import every_answer
from tests.waiting import eventually
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.questions import Shared
from zos_monitor.redacted_readers import RedactedShared
from zos_monitor.redacting import RedactedService
from zos_monitor.remote.http import Http
from zos_monitor.remote.http_faults import unreachable
from zos_monitor.remote.service import RemoteService
from zos_monitor.wire.questions import QUESTIONS

PATHS = (
    "/runs?limit=100",
    "/runs?limit=100&include_errors=true",
    f"/runs/{PARTIAL}",
    f"/runs/{SHAPES}-string",
    f"/runs/{SHAPES}-garbage",
    f"/runs/layer/{LAYER}/latest",
    f"/runs/layer/{LAYER}/stats",
    "/runs/stats/summary",
    "/runs/progress",
    "/runs/errors?window=all",
    "/runs/tonight",
    "/layers",
    "/health",
    "/openapi.json",
)
TELLING = {*PATHS[1:6], "/runs/errors?window=all"}


async def told(client: httpx.AsyncClient) -> dict[str, str]:
    answers = {path: await client.get(path) for path in PATHS}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: answer.text.lower() for path, answer in answers.items()}


async def test_no_path_tells_anything_private(marked: Path) -> None:
    async with asking(service_on(marked)) as client:
        real = await told(client)
    assert {path for path, text in real.items() if MARK in text} == TELLING
    assert '"redacted"' not in real["/health"]
    async with asking(RedactedShared(service_on(marked))) as client:
        answers = await told(client)
    assert not [path for path, text in answers.items() if MARK in text]
    assert '"redacted": true' in answers["/health"]
    assert [path for path in PATHS if path not in TELLING and path != "/health"] == [
        path for path in PATHS if answers[path] == real[path]
    ]


@asynccontextmanager
async def afar(service: Shared) -> AsyncIterator[RemoteService]:
    async with serving_api(service) as url:
        there = RemoteService(Http(url))
        there.clock = service.clock
        try:
            yield there
        finally:
            await there.closed()


async def test_a_dashboard_of_a_server_that_redacts(marked: Path) -> None:
    async with afar(RedactedShared(service_on(marked))) as there:
        answers = await every_answer(there)
        assert not [name for name in QUESTIONS if MARK in repr(answers[name]).lower()]
        groups = answers["failures"][0][-1].groups
        for group in [group for group in groups if "hidden" in group.cause][:3]:
            flt = parse_filter(f'cause:"{group.cause}"')  # another question, the same names
            assert (await there.count(flt))[0] == group.runs
        async with listening(there) as news:
            await eventually(lambda: bool(news))
            assert news[0].health.redacted


async def test_a_dashboard_that_redacts_what_a_server_tells(marked: Path) -> None:
    async with afar(service_on(marked)) as there:
        here = RedactedService(there)
        answers = await every_answer(here)
        assert not [name for name in QUESTIONS if MARK in repr(answers[name]).lower()]
        groups = answers["failures"][0][-1].groups
        for group in [group for group in groups if "hidden" in group.cause][:3]:
            assert (await here.count(parse_filter(f'since:all cause:"{group.cause}"')))[0] > 0
        assert here.place == there.place
        async for change in here.changes():
            assert change.health.redacted
            break


async def test_lost_it_still_says_that_what_is_shown_is_redacted(marked: Path) -> None:
    async with afar(RedactedShared(service_on(marked))) as there, listening(there) as news:
        await eventually(lambda: bool(news))
        there.poll._lose(unreachable("it is gone"))
        await eventually(lambda: news[-1].health.fault is not None)
        assert news[-1].health.redacted


async def test_readers_are_told_the_same_names_and_let_go(marked: Path) -> None:
    shared = RedactedShared(service_on(marked))
    readers = [shared.reader(shared.zone) for _ in range(3)]
    counts = [await reader.count(RunFilter()) for reader in readers]
    assert len({*counts}) == 1
    one, other, _ = [await reader.workings(PARTIAL) for reader in readers]
    assert one is not None
    assert one == other == await shared.workings(PARTIAL)
    for reader in readers:
        shared.dismiss(reader)
    assert not shared._readers
    await shared.closed()


@pytest.mark.parametrize("text", ["error:x", "layer:*"])
async def test_a_filter_that_names_no_cause_goes_as_it_is(marked: Path, text: str) -> None:
    flt = parse_filter(text)
    service = service_on(marked)
    with RedactedService(service)._meant(flt) as meant:
        assert meant is flt
    await service.closed()
