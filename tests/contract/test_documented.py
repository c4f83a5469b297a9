"""The questions in the OpenAPI document, and whatever one may be asked with."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.asking import asking
from tests.conftest import service_on
from zos_monitor.api.app import create_app
from zos_monitor.model.sorting import SortKey
from zos_monitor.wire import questions as wire
from zos_monitor.wire.questions import QUESTIONS, Kind

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILTERS = ["", " ", "since:9999w", "since:today", "until:0001-01-01", "kind:scheduled", "a:b", '"']
TIMES = [
    *("2026-11-21T12:00:00+00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
    *("0001-01-01T00:00:00+00:00", "2026-11-21T12:00:00", "12:00", "2026-11-21T12:00Z"),
]
KEYS = [
    *('["2026-11-21 12:00:00.000000",1]', "[null,1]", "[2,-1]", '[{"bytes":"/w=="},3]'),
    *('[{"float":"nan"},1]', '[{"float":"inf"},1]', '["\\ud800",1]', "[1e400,1]", "[1,1.5]", "{}"),
    *('["\\u0000",1]', "[true,1]", "[9999999999999999999999,1]", "[[],1]"),
]
NUMBERS = ["0", "1", "5", "-1", "9999999999999999999", "10001", "1e3", "", "٣"]
LITTLE: dict[Kind, list[str]] = {
    wire.FILTER: FILTERS,
    wire.TEXT: ["", "same-1", "endless", "\x00", "\udcff", "%00", "x" * 999],
    wire.WINDOW: ["7d", "999999w", "all", "", "soon", "0s"],
    wire.ROW: NUMBERS,
    wire.LIMIT: NUMBERS,
    wire.SECONDS: ["0", "0.01", "-1", "nan", "inf", "1e-9", "x"],
    wire.INSTANT: TIMES,
    wire.SORT: [*SortKey, "-cost", "--cost", "", "-", "beauty"],
    wire.TRUTH: ["true", "false", "True", ""],
    wire.KEY: KEYS,
    wire.NAMES: ['["odd"]', "[]", "[1]", '["\\ud800","\\u0000"]', "[" * 9999, "null"],
    wire.ZONE: [
        *("UTC", "Europe/Berlin", "+02:00", "-23:59", "+24:00", "+99:99", "", "../../etc/passwd"),
        *("\x00", "\udcff", "Factory", "posixrules", "Europe", "x" * 300),
    ],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(history: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(history) as client:
        yield client


@pytest.mark.parametrize("name", QUESTIONS)
@settings(max_examples=20, database=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
async def test_whatever_is_asked_is_answered_or_refused(
    client: httpx.AsyncClient, name: str, data: st.DataObject
) -> None:
    question = QUESTIONS[name]
    kinds = {one: parameter.kind for one, parameter in question.parameters.items()}
    kinds |= {"zone": wire.ZONE, "watcher": wire.TEXT, "seen": wire.ROW}
    needed = {one for one, parameter in question.parameters.items() if parameter.needed}
    asked = {
        one: data.draw(st.sampled_from(LITTLE[kind]), one)
        for one, kind in kinds.items()
        if one in needed or data.draw(st.booleans())
    }
    answer = await client.get(f"/questions/{name}?{urlencode(asked, errors='surrogatepass')}")
    assert answer.status_code in (200, 422), (answer.text, asked)
    if answer.status_code == 422:
        [told] = answer.json()["detail"]
        assert told["loc"][1] in kinds
        assert told["msg"]
    elif question.streamed:
        lines = [json.loads(line) for line in answer.text.splitlines() if line]
        assert lines[-1] == {"whole": True}
    else:
        question.answer.decode(answer.json())


async def test_every_question_is_in_the_document(history: Path) -> None:
    paths = create_app(service_on(history)).openapi()["paths"]
    for name, question in QUESTIONS.items():
        told = paths[f"/questions/{name}"]["get"]
        named = {one["name"]: one for one in told["parameters"]}
        assert question.parameters.keys() <= named.keys()
        assert "dashboard" in told["summary"]
        assert told["tags"] == ["dashboard"]
        for one, parameter in question.parameters.items():
            assert named[one]["required"] == parameter.needed
            assert named[one]["description"]
