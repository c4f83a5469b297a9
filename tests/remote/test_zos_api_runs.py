"""Runs over zos's own API, and what it fails over."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.conftest import NOW, error
from tests.remote.zos_both import PLACE, Both, both_on, told
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import DatabaseFault, FaultKind, NotOffered
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.present import Present
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.states import RunState
from zos_monitor.remote.http import Http
from zos_monitor.remote.zos_api import ZosApiService


async def tellable(both: Both) -> list[str]:
    """Return the ids of some runs with errors that can be encoded."""
    runs = await both.direct.newest(parse_filter("status:failed,partial error:*"), limit=60)
    rows = [await both.direct.stored_row(run.id) for run in runs]
    texts = [next(one.text for one in row or () if one.column == "errors") for row in rows]
    return [run.id for run, text in zip(runs, texts, strict=True) if "\\udc" not in text][::4]


async def test_a_run_is_told_with_its_errors(both: Both) -> None:
    for run_id in await tellable(both):
        here, there = await both.api.run(run_id), await both.direct.run(run_id)
        assert isinstance(here, RunDetail)
        assert isinstance(there, RunDetail)
        assert told(here) == told(there)
        assert [(one.topic, one.node, one.message) for one in here.errors] == [
            (one.topic, one.node, one.message) for one in there.errors
        ]
        assert here.error_count == len(here.errors)
        assert (here.layer_hash, here.model_name) == (there.layer_hash, there.model_name)
        assert (here.targets_matched, here.targets_skipped) == (
            there.targets_matched,
            there.targets_skipped,
        )
    for run_id in ("none", "stats/summary", "\udcff", "../runs", "", "..", "?limit=1"):
        assert await both.api.run(run_id) is None


async def test_open_runs_are_judged_by_their_start(both: Both) -> None:
    runs = {run.id: run for run in await both.api.newest(parse_filter(""), limit=1000)}
    states = {name: runs[name].state for name in ("now", "silent", "restarted")}
    assert states == {
        "now": RunState.RUNNING,
        "silent": RunState.STALLED,
        "restarted": RunState.INTERRUPTED,
    }
    activity = runs["now"].activity
    assert activity is not None
    assert activity.last is None
    assert activity.turns_at == NOW - timedelta(hours=0.1) + timedelta(hours=3)


async def test_a_run_is_compared_with_its_layers_last_success(both: Both) -> None:
    for run_id in await tellable(both):
        here, there = await both.api.comparison(run_id), await both.direct.comparison(run_id)
        assert here is not None
        assert there is not None
        assert (here.other.id if here.other else None) == (there.other.id if there.other else None)
        assert (here.partner, here.new_causes) == (there.partner, there.new_causes)
    marked = await both.api.comparison("same-1", marked="idle")
    assert marked is not None
    assert marked.other is not None
    assert marked.other.id == "idle"


async def test_an_export_has_every_run_once(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    flt = parse_filter("since:14d")
    here = [run.id async for page in both.api.details(flt) for run in page]
    there = [run.id async for page in both.direct.details(flt) for run in page]
    assert sorted(here) == sorted(there)
    assert len(here) > 70  # more than a page
    monkeypatch.setattr("zos_monitor.remote.zos_details.MOST", 50)
    with pytest.raises(NotOffered, match="narrow the filter"):
        [page async for page in both.api.details(flt)]


async def test_layers_are_named(both: Both) -> None:
    assert await both.api.layer_names() == await both.direct.layer_names()
    asked = len(both.asked)
    await both.api.known_layers()
    assert len(both.asked) == asked  # the summary reads every call


async def test_a_new_run_is_another_version_of_the_list(zos_path: Path) -> None:
    async with both_on(zos_path) as both:
        flt = parse_filter("")
        first = await both.api.run_slice(flt, limit=10)
        later = await both.api.run_slice(flt, first=20, limit=10)
        assert first.version == later.version == (await both.api.count_on(flt)).version
        with ZosWriter(zos_path) as zos:
            zos.raw_run(id="new", started_at=NOW)
        further = await both.api.run_slice(flt, first=20, limit=10)
        assert further.version != first.version
        assert further.version == (await both.api.run_slice(flt, limit=10)).version


async def test_what_turns_is_told_once(zos_path: Path) -> None:
    async with both_on(zos_path) as both:
        first = await both.api.present()
        assert {one.run.id: one.run.state for one in first.open_runs} == {
            "now": RunState.RUNNING,
            "silent": RunState.STALLED,
        }
        assert first.turned == ()
        assert "not offered by this server" in first.lacking
        with ZosWriter(zos_path) as zos:
            zos.finish_run("now", completed_at=NOW, processed=0, status="failed")
            zos.raw_run(id="worse", started_at=NOW, status="partial")
            zos.raw_run(id="better", started_at=NOW, status="success")
            zos.raw_run(id="backdated", started_at=NOW - timedelta(days=1), status="failed")
        second = await both.api.present()
        assert [run.id for run in second.turned] == ["now", "worse"]
        assert [one.run.id for one in second.open_runs] == ["silent"]
        assert (await both.api.present()).turned == ()
    assert Present().lacking == ""


async def test_zos_failing_over_one_run_is_no_lost_server(zos_path: Path) -> None:
    with ZosWriter(zos_path) as zos:
        errors = [error("stream \udcff closed")]
        zos.raw_run(id="odd", started_at=NOW, completed_at=NOW)
        zos.finish_run("odd", completed_at=NOW, processed=0, status="failed", errors=errors)
    async with both_on(zos_path) as both:
        with pytest.raises(NotOffered, match="zos's API fails over telling"):
            await both.api.run("odd")
        assert (await both.api.newest(parse_filter(""), limit=1))[0].id == "odd"
        run = await both.api.run("odd")  # told by what the list has
        assert run is not None
        assert (run.status, run.targets_matched) == ("failed", None)
        assert "fails over telling" in run.errors[0].message


async def test_a_status_that_zos_does_not_know_fails_its_lists(zos_path: Path) -> None:
    with ZosWriter(zos_path) as zos:
        zos.raw_run(id="odd", started_at=NOW, status="paused")
    async with both_on(zos_path) as both:
        with pytest.raises(DatabaseFault) as fault:
            await both.api.run_slice(parse_filter(""))
        assert fault.value.kind is FaultKind.UNREACHABLE
        assert (await both.api.run_slice(parse_filter("status:failed"), limit=1)).matched


ANSWERS: list[object] = [
    None, [], {}, {"runs": {}}, {"runs": [], "total": "many"}, {"runs": [1], "total": 1},
    {"runs": [{"id": 1, "started_at": "2026-11-01T03:00:00"}], "total": 1},
    {"runs": [{"id": "x", "started_at": "soon"}], "total": 1},
]  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
async def test_what_is_no_zos_is_told(answer: object) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=json.dumps(answer)))
    api = ZosApiService(Http(PLACE, transport=transport), clock=lambda: NOW)
    with pytest.raises(DatabaseFault, match="does not answer as zos's API does"):
        await api.run_slice(parse_filter(""))
    with pytest.raises(DatabaseFault, match="does not answer as zos's API does"):
        await api.layer_names()
    await api.closed()
