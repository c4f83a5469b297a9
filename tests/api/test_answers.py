"""Each path answers what the answers' own functions do, in the shape that the document tells."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import jsonschema_rs
import pytest

from tests.api.asking import asking
from tests.conftest import service_on
from zos_monitor.answers import failures, nights, one_run, progress, runs, totals
from zos_monitor.answers.encoding import plain
from zos_monitor.answers.filters import narrowed
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.service import RunService

pytestmark = pytest.mark.asyncio(loop_scope="module")

Document = dict[str, Any]

ALL = RunFilter()
DYAD = "nightly-dyad-reflection"


class Asked(NamedTuple):
    """A path with its parameters, where the document describes it, and the function behind it."""

    path: str
    described: str
    answer: Callable[[RunService], Awaitable[object]]


def listed(
    text: str = "", *, offset: int = 0, limit: int = 20
) -> Callable[[RunService], Awaitable[object]]:
    return lambda service: runs.runs(service, parse_filter(text), offset=offset, limit=limit)


ASKED = [
    Asked("/runs", "/runs", listed()),
    Asked("/runs?offset=7&limit=3", "/runs", listed(offset=7, limit=3)),
    Asked(f"/runs?layer_name={DYAD}", "/runs", listed(f"layer:{DYAD}")),
    Asked("/runs?status=failed,partial", "/runs", listed("status:failed,partial")),
    Asked("/runs?status=running", "/runs", listed("status:running")),
    Asked("/runs?since=2026-11-10T03:00:00Z", "/runs", listed("since:2026-11-10T03:00:00Z")),
    Asked("/runs?since=1794279600", "/runs", listed("since:2026-11-10T03:00:00Z")),
    Asked("/runs?since=2026-11-10T04:00:00+01:00", "/runs", listed("since:2026-11-10T03:00:00Z")),
    Asked("/runs?since=7d&until=2026-11-20", "/runs", listed("since:7d until:2026-11-20")),
    Asked("/runs?filter=error:rate", "/runs", listed("error:rate")),
    Asked("/runs?filter=error:rate&status=failed", "/runs", listed("error:rate status:failed")),
    Asked("/runs?layer_name=&status=&since=&until=&filter=", "/runs", listed()),
    Asked("/runs?offset=100000000000000000000", "/runs", listed(offset=10**20)),
    Asked("/runs/dev_manual", "/runs/{run_id}", lambda ask: one_run.run(ask, "dev_manual")),
    Asked("/runs/surrogate", "/runs/{run_id}", lambda ask: one_run.run(ask, "surrogate")),
    Asked("/runs/endless", "/runs/{run_id}", lambda ask: one_run.run(ask, "endless")),
    Asked("/runs/open-now", "/runs/{run_id}", lambda ask: one_run.run(ask, "open-now")),
    Asked(
        "/runs/stats/summary",
        "/runs/stats/summary",
        lambda ask: totals.stats(ask, ALL, days=7),
    ),
    Asked(
        "/runs/stats/summary?days=30",
        "/runs/stats/summary",
        lambda ask: totals.stats(ask, ALL, days=30),
    ),
    Asked(
        "/runs/stats/summary?since=365d",
        "/runs/stats/summary",
        lambda ask: totals.stats(ask, parse_filter("since:365d"), days=None),
    ),
    Asked(
        f"/runs/layer/{DYAD}/latest",
        "/runs/layer/{layer_name}/latest",
        lambda ask: one_run.latest(ask, DYAD),
    ),
    Asked("/runs/errors", "/runs/errors", lambda ask: failures.failures(ask, ALL)),
    Asked(
        "/runs/errors?status=failed&window=all",
        "/runs/errors",
        lambda ask: failures.failures(ask, narrowed(states=["failed"]), window="all"),
    ),
    Asked("/runs/progress", "/runs/progress", progress.progress),
    Asked("/runs/tonight", "/runs/tonight", nights.tonight),
    Asked("/runs/tonight?back=2", "/runs/tonight", lambda ask: nights.tonight(ask, back=2)),
    Asked("/layers", "/layers", lambda ask: nights.layers(ask, ALL)),
    Asked("/layers?since=7d", "/layers", lambda ask: nights.layers(ask, narrowed("", since="7d"))),
]


@pytest.mark.parametrize("asked", ASKED, ids=[asked.path for asked in ASKED])
async def test_a_path_answers_as_the_function_behind_it(
    history: Path, client: httpx.AsyncClient, document: Document, asked: Asked
) -> None:
    service = service_on(history)
    wanted = plain(await asked.answer(service))
    await service.closed()
    answer = await client.get(asked.path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == wanted
    valid(document, asked.described, answer)


def valid(document: Document, path: str, answer: httpx.Response) -> None:
    """Hold an answer against the document, in which nothing may be that it doesn't tell of."""
    told = document["paths"][path]["get"]["responses"][str(answer.status_code)]
    schema = told["content"]["application/json"]["schema"]
    shapes = {
        name: shape | {"additionalProperties": False} if "properties" in shape else shape
        for name, shape in document["components"]["schemas"].items()
    }
    jsonschema_rs.validate(schema | {"components": {"schemas": shapes}}, answer.json())


@pytest.mark.parametrize(
    "parameters",
    ["success=true", "success=false", "start_time=7d", "end_time=2026-11-20", "include_errors=1"],
)
async def test_a_list_is_answered_in_the_words_of_a_task_scheduler_too(
    client: httpx.AsyncClient, document: Document, parameters: str
) -> None:
    answer = await client.get(f"/runs/?limit=200&{parameters}")
    assert answer.status_code == 200
    told = answer.json()
    valid(document, "/runs", answer)
    assert told["items"] == told["runs"] != []
    assert told["limit"] == 200
    assert told["has_more"] is (told["total"] > 200)
    for run in told["items"]:
        assert ("errors" in run) is (parameters == "include_errors=1")
        if parameters.startswith("success"):
            assert json.dumps(run["success"]) == parameters.partition("=")[2]


async def test_start_and_end_times_narrow_what_since_and_until_leave(
    client: httpx.AsyncClient,
) -> None:
    narrow = await client.get("/runs?since=9d&until=2d&start_time=7d&end_time=4d")
    same = await client.get("/runs?filter=since:7d until:4d")
    assert narrow.json()["runs"] == same.json()["runs"] != []


@pytest.mark.parametrize("days", [None, 1, 30, 365])
async def test_the_figures_of_a_layer(
    history: Path, client: httpx.AsyncClient, document: Document, days: int | None
) -> None:
    service = service_on(history)
    wanted = await totals.stats(service, ALL, days=days or 30, layer_name=DYAD)
    await service.closed()
    query = f"?days={days}" if days else ""
    answer = await client.get(f"/runs/layer/{DYAD}/stats{query}")
    assert answer.json() == {"layer_name": DYAD, **plain(wanted)}
    assert answer.json()["total_runs"] > 0
    valid(document, "/runs/layer/{layer_name}/stats", answer)


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/runs/nope", "Run not found"),
        ("/runs/no/pe", "Run not found"),
        ("/runs/%00%ff", "Run not found"),
        ("/runs/layer/nope/latest", "Layer not found"),
        ("/runs/layer/nope/stats", "Layer not found"),
        (f"/runs/layer/{DYAD.upper()}/stats", "Layer not found"),
        (f"/runs/layer/{'n' * 2000}/latest", "Layer not found"),
        ("/nope", "Not Found"),
    ],
)
async def test_what_is_not_there(client: httpx.AsyncClient, path: str, detail: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json() == {"detail": detail}


async def test_a_layer_may_have_a_slash_in_its_name(path: Path, zos: ZosWriter) -> None:
    zos.raw_run(id="a", layer_name="nightly/stats")
    async with asking(path) as client:
        latest = (await client.get("/runs/layer/nightly%2Fstats/latest")).json()
        stats = (await client.get("/runs/layer/nightly%2Fstats/stats")).json()
    assert (latest["id"], stats["layer_name"]) == ("a", "nightly/stats")
