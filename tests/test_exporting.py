from __future__ import annotations

import asyncio
import errno
import json
import os
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, service_on
from zos_monitor import exporting
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.exporting import ExportError, default_name, free_path, write_export
from zos_monitor.model.exports import ExportFormat
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.text import encodable
from zos_monitor.store.faults import missing

Pages = AsyncIterator[tuple[RunDetail, ...]]
FILTERS = ["", "status:failed,partial", "-layer:nightly-* since:20d", "error:limit", "Ada", "none"]


@pytest.fixture
def small_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE_RUNS", 16)
    monkeypatch.setattr(exporting, "_KEYS", 100)


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize("text", FILTERS)
async def test_an_export_holds_the_list_in_its_order(history: Path, text: str) -> None:
    service, flt = service_on(history), parse_filter(text)
    pages = [page async for page in service.details(flt, now=NOW)]
    assert all(0 < len(page) <= 16 for page in pages)
    listed = await service.newest(flt, limit=10_000, now=NOW)
    runs = [run for page in pages for run in page]
    assert [run.key for run in runs] == [run.key for run in listed]
    assert [(run.usage, run.error_count) for run in runs] == [
        (run.usage, run.error_count) for run in listed
    ]
    await service.closed()


@pytest.mark.usefixtures("small_reads")
async def test_a_run_is_told_as_it_is_alone_but_for_names_and_surrogates(history: Path) -> None:
    service = service_on(history)
    exact = 0
    async for page in service.details(parse_filter("since:3d"), now=NOW):
        for run in page:
            alone = await service.run(run.id)
            if alone is None or alone.key != run.key:
                continue  # an id that can't be asked for
            assert (run.layer_hash, run.insights_stored) == (
                alone.layer_hash,
                alone.insights_stored,
            )
            assert run.activity == alone.activity
            for one, other in zip(run.errors, alone.errors, strict=True):
                assert encodable(one.message) == other.message
                exact += "\udcff" in one.message
    assert exact == 1
    await service.closed()


@pytest.mark.usefixtures("small_reads")
async def test_no_run_comes_twice_or_is_missed_while_zos_writes(
    path: Path, writer: ZosWriter
) -> None:
    ids = [writer.raw_run(started_at=NOW - timedelta(minutes=n)) for n in range(150)]
    service, seen = service_on(path), list[str]()
    async for page in service.details(parse_filter(""), now=NOW):
        seen += [run.id for run in page]
        writer.raw_run(started_at=NOW + timedelta(minutes=len(seen)))
        writer.update("layer_runs", ids[-1], status="failed")
    assert seen == ids
    await service.closed()


# Files


async def pages_of(path: Path) -> Pages:
    service = service_on(path)
    async for page in service.details(parse_filter(""), now=NOW):
        yield page
    await service.closed()


async def no_pages() -> Pages:
    pages: tuple[tuple[RunDetail, ...], ...] = ()
    for page in pages:
        yield page


async def broken_pages(history: Path) -> Pages:
    async for page in pages_of(history):
        yield page
        raise missing(history)


async def export(
    path: Path, pages: Pages, fmt: ExportFormat = ExportFormat.JSON_LINES
) -> list[int]:
    return [written async for written in write_export(path, fmt, pages)]


@pytest.mark.parametrize("fmt", ExportFormat)
async def test_a_file_is_written_whole_and_for_its_owner_alone(
    history: Path, tmp_path: Path, fmt: ExportFormat
) -> None:
    target = tmp_path / f"runs.{fmt}"
    written = await export(target, pages_of(history), fmt)
    assert written == sorted(set(written))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == [target.name]
    lines = target.read_text().splitlines()
    heads = {ExportFormat.CSV: 1, ExportFormat.JSON_LINES: 0, ExportFormat.MARKDOWN: 2}
    assert len(lines) == written[-1] + heads[fmt]
    if fmt is ExportFormat.JSON_LINES:
        assert len({json.loads(line)["id"] for line in lines}) == written[-1]


async def test_no_run_makes_a_file_all_the_same(tmp_path: Path) -> None:
    target = tmp_path / "runs.csv"
    assert await export(target, no_pages(), ExportFormat.CSV) == []
    assert target.read_text(encoding="utf-8-sig").startswith("id,")


async def test_what_is_there_is_never_replaced(history: Path, tmp_path: Path) -> None:
    target = tmp_path / "runs.jsonl"
    target.write_text("mine")
    with pytest.raises(ExportError, match=r"runs\.jsonl can't be written: there is a file"):
        await export(target, pages_of(history))
    dangling = tmp_path / "link.jsonl"
    dangling.symlink_to(tmp_path / "nothing")
    with pytest.raises(ExportError, match="of that name already"):
        await export(dangling, pages_of(history))
    assert target.read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["link.jsonl", "runs.jsonl"]


def no_links(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
async def test_nor_is_what_comes_there_meanwhile(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    target = tmp_path / "runs.jsonl"

    async def slow_pages() -> Pages:
        async for page in pages_of(history):
            yield page
        target.write_text("mine")

    with pytest.raises(ExportError, match="of that name already"):
        await export(target, slow_pages())
    assert os.listdir(tmp_path) == [target.name]
    assert target.read_text() == "mine"


async def test_a_file_system_without_links_will_do(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)
    target = tmp_path / "runs.jsonl"
    written = await export(target, pages_of(history))
    assert len(target.read_text().splitlines()) == written[-1]
    assert os.listdir(tmp_path) == [target.name]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


async def test_an_export_that_is_cancelled_or_left_leaves_nothing(
    history: Path, tmp_path: Path
) -> None:
    target, begun = tmp_path / "runs.csv", asyncio.Event()

    async def endless() -> Pages:
        async for page in pages_of(history):
            yield page
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(export(target, endless(), ExportFormat.CSV))
    await begun.wait()
    assert len(os.listdir(tmp_path)) == 1
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert os.listdir(tmp_path) == []
    async with aclosing(write_export(target, ExportFormat.CSV, pages_of(history))) as left:
        await anext(left)
    assert os.listdir(tmp_path) == []


async def test_nor_does_one_that_is_cancelled_again_while_it_writes(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [page async for page in pages_of(history)]
    writing, done = threading.Event(), threading.Event()

    async def pages() -> Pages:
        for page in known:
            yield page

    def slow(*_: object) -> str:
        writing.set()
        done.wait()
        return ""

    monkeypatch.setattr(exporting, "lines", slow)
    task = asyncio.create_task(export(tmp_path / "runs.csv", pages()))
    await asyncio.to_thread(writing.wait)
    while not task.done():
        task.cancel()
        await asyncio.sleep(0)
    done.set()
    for thread in threading.enumerate():
        if thread.name.startswith("zos-monitor-export"):
            await asyncio.to_thread(thread.join)
    assert os.listdir(tmp_path) == []


async def test_a_fault_of_the_database_leaves_nothing(history: Path, tmp_path: Path) -> None:
    with pytest.raises(DatabaseFault):
        await export(tmp_path / "runs.csv", broken_pages(history))
    assert os.listdir(tmp_path) == []


class FullDisk:
    """A file that takes no more."""

    def write(self, _: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_full_disk_is_told_and_leaves_nothing(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fdopen = os.fdopen

    def full(fileno: int, mode: str) -> FullDisk:
        fdopen(fileno, mode).close()
        return FullDisk()

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(ExportError, match="can't be written: the disk is full"):
        await export(tmp_path / "runs.csv", pages_of(history))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none/runs.csv", "there is no such folder"),
        ("file/runs.csv", "there is no such folder"),
        ("folder", "that is a folder; name a file in it"),
        ("x" * 300, "that name is too long"),
        ("a\0b", "no file can have that name"),
    ],
)
async def test_what_is_wrong_with_a_path_is_told(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match=why):
        await export(tmp_path / name, no_pages())
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_names(tmp_path: Path) -> None:
    name = default_name(datetime(2026, 11, 22, 7, 15, tzinfo=UTC), ExportFormat.CSV)
    assert name == "zos-runs-20261122-0715.csv"
    path = tmp_path / name
    assert free_path(path) == path
    path.write_text("")
    assert free_path(path).name == "zos-runs-20261122-0715-2.csv"
    free_path(path).symlink_to("nowhere")
    assert free_path(path).name == "zos-runs-20261122-0715-3.csv"
