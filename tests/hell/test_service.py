"""Whatever rows hold, what the service answers is sound, adds up, and arrives afar."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.hell.asking import Asking
from tests.hell.cases import RUN_CASES, UNTYPED
from tests.hell.conftest import FEW
from tests.hell.databases import put
from tests.hell.properties import answers_agree
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.sorting import Sort, SortKey


def test_any_rows(tmp_path: Path) -> None:
    FEW(answers_agree(tmp_path))()


def test_named_rows(path: Path) -> None:
    put(path, UNTYPED)

    async def asked() -> None:
        asking = Asking(path)
        for key in (SortKey.COST, SortKey.TOKENS, SortKey.INSIGHTS):
            await asking.runs(RunFilter(), [Sort(key)])
        for run_id in [*RUN_CASES][::4]:
            await asking.one(run_id)
        await asking.one("layer 500 emoji")
        await asking.service.closed()

    asyncio.run(asked())
