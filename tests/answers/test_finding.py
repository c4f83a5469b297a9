"""Runs found by what people call them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, service_on
from zos_monitor.answers.finding import find
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import NotFound
from zos_monitor.service import RunService


@pytest.fixture
async def service(zos: ZosWriter, path: Path) -> AsyncIterator[RunService]:
    runs = [
        ("01AAA1", "a"),
        ("01AAA2", "a"),
        ("01AAB", "b"),
        ("01AA", "b"),
        ("a%_*", "odd"),
        ("latest-one", "odd"),
        ("spaced out", "Latest"),
    ]
    for n, (run_id, layer) in enumerate(runs):
        zos.raw_run(id=run_id, layer_name=layer, started_at=NOW - timedelta(hours=n))
    for n in range(5):
        zos.raw_run(id=f"many-{n}\n", layer_name="many", started_at=NOW - timedelta(days=2))
    service = service_on(path)
    yield service
    await service.closed()


FOUND = {
    "a whole id": ("01AAB", "01AAB"),
    "a whole id that begins others": ("01AA", "01AA"),
    "a beginning": ("01AAA2", "01AAA2"),
    "in either case": ("01aab", "01AAB"),
    "a beginning with signs": ("a%_", "a%_*"),
    "a beginning with a space": ("spaced ", "spaced out"),
    "the newest": ("latest", "01AAA1"),
    "the newest of a layer": ("latest:b", "01AAB"),
    "a layer by its exact name": ("latest:Latest", "spaced out"),
    "an id that is like it": ("latest-", "latest-one"),
}


@pytest.mark.parametrize(("text", "run_id"), FOUND.values(), ids=FOUND.keys())
async def test_a_run_is_found(service: RunService, text: str, run_id: str) -> None:
    assert (await find(service, text)).id == run_id


NOT_FOUND = {
    "none": ("02", "There is no run '02'."),
    "nothing": (" ", "A run's id is missing."),
    "several": ("01AAA", "begin with '01AAA': 01AAA1, 01AAA2."),
    "many": ("many-", "many-4, many-3, many-2 and others."),
    "a wildcard is none": ("01*", "There is no run '01*'."),
    "nor is a percent sign": ("0%", "There is no run '0%'."),
    "no such layer": ("latest:c", "There is no layer 'c'"),
    "a layer in another case": ("latest:A", "There is no layer 'A'"),
    "a name nearly right": ("latest:man", "(did you mean many?)"),
    "no name": ("latest:", "There is no layer ''"),
    "control characters": ("x\x1b[31m\n", "There is no run 'x␛[31m'."),
    "a lone surrogate": ("x\udcff", "There is no run 'x\ufffd'."),
    "very long": ("x" * 5000, "There is no run 'xxx"),
    "a nul": ("x\0", "There is no run 'x␀'."),
}


@pytest.mark.parametrize(("text", "words"), NOT_FOUND.values(), ids=NOT_FOUND.keys())
async def test_what_is_none_or_several_is_told(service: RunService, text: str, words: str) -> None:
    with pytest.raises(NotFound) as fault:
        await find(service, text)
    assert words in fault.value.message
    assert len(fault.value.message) < 250
    assert fault.value.message.isprintable()


async def test_within_a_filter(service: RunService) -> None:
    assert (await find(service, "latest", within="layer:odd")).id == "a%_*"
    assert (await find(service, "01AAA", within="id:*2")).id == "01AAA2"
    with pytest.raises(NotFound, match="no run that matches"):
        await find(service, "latest", within="layer:nope")
