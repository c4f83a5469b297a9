"""A stand-in for zos's own API: its three paths over a real database, with all their oddities.

``python -m tests.remote.zos_server zos.db 8000`` serves one for trying out.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Query, Request

from tests.waiting import eventually, soon

LOOPBACK = "127.0.0.1"
STATUSES = {"success", "partial", "failed", "dry"}
LISTED = (
    "id", "layer_name", "status", "started_at", "completed_at", "targets_processed",
    "insights_created", "tokens_total", "estimated_cost_usd",
)  # fmt: skip
TOLD = (
    *LISTED, "layer_hash", "targets_matched", "targets_skipped", "model_profile", "model_provider",
    "model_name", "tokens_input", "tokens_output",
)  # fmt: skip


def naive(instant: datetime) -> str:
    """Write an instant as zos's database layer does: whatever its zone is, its digits stand."""
    return instant.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


class Runs:
    """The runs of a database as zos reads them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._zos: sqlite3.Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Have the database open, as it is where it is already."""
        if self._zos is not None:
            yield self._zos
            return
        uri = f"{self._path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as self._zos:
            self._zos.row_factory = sqlite3.Row
            try:
                yield self._zos
            finally:
                self._zos = None

    def ask(self, sql: str, *params: object) -> list[sqlite3.Row]:
        with self.reading() as zos:
            return zos.execute(sql, params).fetchall()

    def read(self, row: sqlite3.Row, names: tuple[str, ...]) -> dict[str, object]:
        if row["status"] not in STATUSES:
            raise ValueError(f"{row['status']!r} is not a valid LayerRunStatus")
        run = {name: row[name] for name in names}
        for name in ("started_at", "completed_at"):
            run[name] = row[name] and datetime.fromisoformat(row[name]).isoformat()
        run["duration_seconds"] = None
        if row["completed_at"]:
            start, end = (datetime.fromisoformat(row[n]) for n in ("started_at", "completed_at"))
            run["duration_seconds"] = (end - start).total_seconds()
        (sums,) = self.ask(
            "SELECT count(*) AS calls, sum(estimated_cost_usd) AS estimated_cost_usd,"
            " sum(tokens_total) AS tokens_total, sum(tokens_input) AS tokens_input,"
            " sum(tokens_output) AS tokens_output FROM llm_calls WHERE layer_run_id = ?",
            row["id"],
        )
        run["estimated_cost_usd"] = float(sums["estimated_cost_usd"] or 0.0)
        if sums["calls"]:
            for name in ("tokens_total", "tokens_input", "tokens_output"):
                if name in run:
                    run[name] = int(sums[name] or 0)
        return run


def zos_app(path: Path, *, now: datetime | None = None) -> FastAPI:
    """Return zos's API over a database; what it is asked is noted in ``state.asked``."""
    app, runs = FastAPI(), Runs(path)
    app.state.asked = []

    @app.middleware("http")
    async def note(request: Request, go_on: Any) -> Any:  # noqa: ANN401
        query = request.url.query
        app.state.asked.append(f"{request.url.path}?{query}" if query else request.url.path)
        return await go_on(request)

    @app.get("/runs")
    async def listed(
        layer_name: str | None = None,
        status: str | None = None,
        since: datetime | None = None,
        offset: int = Query(0, ge=0),
        limit: int = Query(20, ge=1, le=100),
    ) -> dict[str, object]:
        terms = {
            "layer_name = ?": layer_name,
            "status = ?": status,
            "started_at >= ?": since and naive(since),
        }
        given = {term: value for term, value in terms.items() if value}
        where = " AND ".join(given) or "1"
        (count,) = runs.ask(f"SELECT count(*) FROM layer_runs WHERE {where}", *given.values())
        rows = runs.ask(
            f"SELECT * FROM layer_runs WHERE {where} ORDER BY started_at DESC LIMIT ? OFFSET ?",
            *given.values(), limit, offset,
        )  # fmt: skip
        with runs.reading():
            told = [runs.read(row, LISTED) for row in rows]
        return {"runs": told, "total": count[0], "offset": offset, "limit": limit}

    @app.get("/runs/stats/summary")
    async def summed(days: int = Query(7, ge=1, le=30)) -> dict[str, object]:
        since = naive((now or datetime.now(UTC)).astimezone(UTC) - timedelta(days=days))
        (row,) = runs.ask(
            "SELECT count(*) AS total_runs, sum(status = 'success') AS successful_runs,"
            " sum(status = 'failed') AS failed_runs, sum(status = 'dry') AS dry_runs,"
            " sum(insights_created) AS total_insights,"
            " sum((SELECT sum(tokens_total) FROM llm_calls WHERE layer_run_id = r.id)) AS"
            " total_tokens, sum((SELECT sum(estimated_cost_usd) FROM llm_calls"
            " WHERE layer_run_id = r.id)) AS total_cost_usd"
            " FROM layer_runs AS r WHERE started_at >= ?",
            since,
        )
        layers = runs.ask(
            "SELECT layer_name, count(*), sum(insights_created) FROM layer_runs"
            " WHERE started_at >= ? GROUP BY layer_name",
            since,
        )
        by_layer = {name: {"runs": n, "insights": made or 0} for name, n, made in layers}
        sums = {name: row[name] or 0 for name in row.keys()}  # noqa: SIM118
        return {"period_days": days, **sums, "by_layer": by_layer}

    @app.get("/runs/{run_id}")
    async def told(run_id: str) -> dict[str, object]:
        rows = runs.ask("SELECT * FROM layer_runs WHERE id = ?", run_id)
        if not rows:
            raise HTTPException(status_code=404, detail="Run not found")
        return {**runs.read(rows[0], TOLD), "errors": json.loads(rows[0]["errors"] or "null")}

    return app


class ZosServer:
    """A zos that serves its API on a port of its own, and can be stopped and started again."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def asked(self) -> list[str]:
        """What it was asked, in order."""
        asked: list[str] = self.app.state.asked
        return asked

    async def start(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, self._port))
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(self.app, log_level="critical", lifespan="off", ws="none")
        self._server = server = uvicorn.Server(config)
        server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]
        self._task = asyncio.create_task(server.serve([listener]))
        await eventually(lambda: server.started)

    async def stop(self) -> None:
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await soon(self._task)
            self._server = None


@asynccontextmanager
async def zos_serving(path: Path, *, now: datetime | None = None) -> AsyncIterator[ZosServer]:
    """Serve zos's API over a database meanwhile."""
    server = ZosServer(zos_app(path, now=now))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


if __name__ == "__main__":
    uvicorn.run(zos_app(Path(sys.argv[1])), port=int(sys.argv[2]), log_level="warning")
