"""Runs looked for by the beginning of their ids: the spans hold all of them, each once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW, service_on
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filter_words import write_value
from zos_monitor.model.filters import RunFilter, literal, matches, parse_filter
from zos_monitor.store import scope
from zos_monitor.store.id_spans import MOST_SPANS, id_spans

IDS = [
    "01M7ABCDEFGH",
    "01m7abc",
    "01M7AbZ",
    "01M8",
    "0",
    "a~",
    "A~~",
    "~",
    "~~x",
    "Éa",
    "éa",
    "x y",
]


@pytest.fixture
def few(path: Path, writer: ZosWriter) -> Path:
    for run_id in [*IDS, b"01M7 bytes \xff", b"01m7"]:
        writer.raw_run(id=run_id, layer_name="one", started_at=NOW)
    return path


@pytest.mark.parametrize(
    "beginning",
    [
        "0",
        "01M7",
        "01m7A",
        "01M7ABCDEFGHJKLM",
        "~",
        "~~",
        "A",
        "a~",
        "É",
        "é",
        "x ",
        "x y",
        "none",
        "ß",
        "\ud7ff",
        "\U0010ffff",
    ],
)
async def test_all_that_begin_so_are_found_once(few: Path, beginning: str) -> None:
    service = service_on(few)
    found = await service.newest(
        parse_filter(f"id:{write_value(literal(beginning), bare=False)}"), limit=100
    )
    whole = [run.id for run in await service.newest(RunFilter(), limit=100)]
    pattern = literal(beginning) + "*"
    assert [run.id for run in found] == [
        name for name in whole if matches(pattern, name, whole=True)
    ]
    await service.closed()


@pytest.mark.parametrize("text", ["id:a*z", "id:*z", "id:a,b", "-id:a", "id:É", "id:a -id:ab"])
async def test_other_forms_find_the_same_as_without_spans(
    few: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    with_spans = await service_on(few).newest(parse_filter(text), limit=100)
    monkeypatch.setattr(scope, "id_spans", lambda flt: None)
    assert with_spans == await service_on(few).newest(parse_filter(text), limit=100)


@pytest.mark.parametrize("text", ["id:01m7", "id:01M7x", "id:0"])
async def test_ids_that_are_bytes_are_found_as_without_spans(
    few: Path, writer: ZosWriter, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    # Whether LIKE finds bytes at all is up to how SQLite was built.
    for run_id in (b"01m7", b"01M7x"):
        writer.raw_run(id=memoryview(run_id), layer_name="one", started_at=NOW)
    with_spans = await service_on(few).newest(parse_filter(text), limit=100)
    monkeypatch.setattr(scope, "id_spans", lambda flt: None)
    assert with_spans == await service_on(few).newest(parse_filter(text), limit=100)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40))
def test_spans_are_few(beginning: str) -> None:
    spans = id_spans(parse_filter(f"id:{write_value(literal(beginning), bare=False)}"))
    if spans is not None:
        assert len(json.loads(str(spans.params[0]))) <= MOST_SPANS
