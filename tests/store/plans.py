"""The plans of the queries that are asked, as SQLite explains them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest

from zos_monitor.store.database import Reader


def plans_of(monkeypatch: pytest.MonkeyPatch, *, but: str = "\0") -> list[list[str]]:
    """Return the steps of each query's plan, for the queries that are asked from now on.

    Queries that hold the text ``but`` are left out.
    """
    plans: list[list[str]] = []
    rows = Reader.rows

    async def noted(reader: Reader, sql: str, params: Sequence[object] = ()) -> list[sqlite3.Row]:
        if but in sql:
            return await rows(reader, sql, params)
        plan = await rows(reader, f"EXPLAIN QUERY PLAN {sql}", params)
        plans.append([row["detail"] for row in plan])
        return await rows(reader, sql, params)

    monkeypatch.setattr(Reader, "rows", noted)
    return plans
