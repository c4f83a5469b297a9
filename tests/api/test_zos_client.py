"""A program that knows zos's own API alone takes our answers for those of zos.

What it expects of each field is as strict as can be: no text for a number, no null that zos never
sends, and instants that tell their zone, or that are naive.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from tests.api.asking import asking
from tests.conftest import service_on
from zos_monitor.demo.writer import ZosWriter

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Told(BaseModel):
    """What is told; more may be, which the program drops."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class Listed(Told):
    """A run in a list."""

    id: str
    layer_name: str
    status: str
    started_at: datetime
    completed_at: datetime | None
    duration_seconds: float | None
    targets_processed: int
    insights_created: int
    tokens_total: int | None
    estimated_cost_usd: float | None


class Page(Told):
    """Some runs of a list."""

    runs: list[Listed]
    total: int
    offset: int
    limit: int


class Detailed(Listed):
    """A run by itself."""

    layer_hash: str
    targets_matched: int
    targets_skipped: int
    model_profile: str | None
    model_provider: str | None
    model_name: str | None
    tokens_input: int | None
    tokens_output: int | None
    errors: list[dict[str, Any]] | None


class OfLayer(Told):
    """The figures over a layer's runs."""

    runs: int
    insights: int


class Figures(Told):
    """The figures over the runs of some days."""

    period_days: int
    total_runs: int
    successful_runs: int
    failed_runs: int
    dry_runs: int
    total_insights: int
    total_tokens: int
    total_cost_usd: float
    by_layer: dict[str, OfLayer]


DAMAGED = {
    "yesterday": {"started_at"},
    "year-two": {"started_at"},
    "blob-date": {"started_at"},
    "counters": {"targets_matched", "insights_created"},
    "fractions": {"targets_processed", "insights_created"},
}
"""Runs that zos itself answers with a fault, and the columns that its model refuses: null here."""


def unfit(shape: type[Told], content: bytes) -> set[Any]:
    """Return where an answer is otherwise than the program expects."""
    try:
        shape.model_validate_json(content)
    except ValidationError as fault:
        return {one["loc"] for one in fault.errors()}
    return set()


async def test_lists_and_runs(client: httpx.AsyncClient) -> None:
    runs: list[dict[str, Any]] = []
    while True:
        answer = await client.get("/runs", params={"offset": len(runs), "limit": 100})
        page = answer.json()
        for _, row, name in unfit(Page, answer.content):
            run = page["runs"][row]
            assert (run[name], name in DAMAGED[run["id"]]) == (None, True)
        runs += page["runs"]
        if not page["has_more"]:
            break
    assert len(runs) == page["total"] > 200
    assert {run["id"] for run in runs} > DAMAGED.keys()
    for run in [*runs[::20], *(run for run in runs if not run["id"].startswith("0"))]:
        if "\ufffd" not in run["id"]:
            answer = await client.get(f"/runs/{run['id']}")
            odd = {(name,) for name in DAMAGED.get(run["id"], ())}
            assert (answer.status_code, unfit(Detailed, answer.content)) == (200, odd), run["id"]


@pytest.mark.parametrize("days", ["", "?days=1", "?days=30"])
async def test_figures(client: httpx.AsyncClient, days: str) -> None:
    answer = await client.get(f"/runs/stats/summary{days}")
    assert unfit(Figures, answer.content) == set()


async def test_nothing_at_all(path: Path, zos: ZosWriter) -> None:
    async with asking(service_on(path)) as client:
        assert unfit(Page, (await client.get("/runs")).content) == set()
        assert unfit(Figures, (await client.get("/runs/stats/summary")).content) == set()


@pytest.mark.parametrize("instant", ["2026-11-10T03:00:00", "2026-11-10T03:00:00.000001+00:00"])
async def test_its_parameters(client: httpx.AsyncClient, instant: str) -> None:
    asked: Any = {
        "layer_name": "odd",
        "status": "success",
        "since": instant,
        "offset": 1,
        "limit": 100,
    }
    answer = (await client.get("/runs", params=asked)).json()
    assert {run["layer_name"] for run in answer["runs"]} == {"odd"}
    assert answer["total"] == len(answer["runs"]) + 1
