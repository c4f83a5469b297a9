"""The total of a list whose runs are still being counted when its rows are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import service_on
from zos_monitor import order, tally
from zos_monitor.answers.runs import runs
from zos_monitor.model.filters import parse_filter


@pytest.mark.parametrize("text", ["error:rate", "-status:success"])
async def test_the_total_counts_all_matching_runs(
    history: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    flt = parse_filter(text)
    service = service_on(history)
    whole = (await runs(service, flt, offset=0, limit=1000)).total
    await service.closed()
    for name, few in {"NEAR": 2, "_FEW": 1, "_LEAST_STEP": 2, "_FIRST_STEP": 2}.items():
        monkeypatch.setattr(tally, name, few)
    monkeypatch.setattr(order, "STEP_SECONDS", 1e-9)
    monkeypatch.setattr(tally, "STEP_SECONDS", 1e-9)
    monkeypatch.setattr(tally, "MANY_RUNS", 5)
    assert not (await service.run_slice(flt, limit=1)).counted
    await service.closed()
    answer = await runs(service, flt, offset=0, limit=1)
    await service.closed()
    assert whole > 1
    assert (answer.total, answer.has_more) == (whole, True)
