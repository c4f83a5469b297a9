"""The newest runs, which are asked for before everything else: the same as ever, and uncounted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from sqlite3 import Row

import pytest

from tests.conftest import NOW, service_on
from zos_monitor.model.filters import parse_filter
from zos_monitor.store.database import Reader


@pytest.mark.parametrize(
    "text", ["", "status:failed,partial", "layer:nightly-*", "since:7d", "rate limit", "-Ada"]
)
async def test_they_are_the_first_of_the_list(history: Path, text: str) -> None:
    service, flt = service_on(history), parse_filter(text)
    listed = await service.run_slice(flt, limit=40, now=NOW)
    assert await service.newest(flt, limit=40, now=NOW) == listed.runs
    assert await service.newest(flt, limit=3, now=NOW) == listed.runs[:3]


async def test_no_run_is_counted_for_them(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    rows = Reader.rows

    async def noting(reader: Reader, sql: str, params: Sequence[object] = ()) -> list[Row]:
        asked.append(" ".join(sql.split()))
        return await rows(reader, sql, params)

    monkeypatch.setattr(Reader, "rows", noting)
    assert await service_on(history).newest(parse_filter(""), limit=40, now=NOW)
    assert len(asked) > 2
    assert [sql for sql in asked if "count(*) FROM layer_runs" in sql] == []
