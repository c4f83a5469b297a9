"""Runs told whole over zos's own API: one beside another, and all of a list."""

from __future__ import annotations

from collections.abc import AsyncIterator

from zos_monitor.model.compare import compare
from zos_monitor.model.comparison import Comparison, Partner
from zos_monitor.model.faults import NotOffered
from zos_monitor.model.runs import RunDetail
from zos_monitor.remote.zos_client import PAGE, ZosClient
from zos_monitor.remote.zos_filter import Asked
from zos_monitor.remote.zos_lists import ZosLists

MOST = 2_000
"""How many runs are told whole: each is a request of its own."""


class ZosDetails:
    """Answers what takes several runs whole."""

    def __init__(self, client: ZosClient, lists: ZosLists) -> None:
        self._client = client
        self._lists = lists

    async def comparison(self, run_id: str, *, marked: str | None) -> Comparison | None:
        """Return a run beside another; which topics both worked on is not known."""
        this = await self._client.run(run_id)
        if this is None:
            return None
        other, partner = None, Partner.MARKED
        if marked is not None and marked != run_id:
            other = await self._client.run(marked)
        if other is None:
            partner = Partner.LAST_SUCCESS
            other = await self._last_success(this)
        return compare(this, other, partner)

    async def _last_success(self, run: RunDetail) -> RunDetail | None:
        if run.started_at is None:
            return None
        found = await self._lists.success_before(run.layer_name, run.started_at)
        return await self._client.run(found) if found is not None else None

    async def pages(self, asked: Asked) -> AsyncIterator[tuple[RunDetail, ...]]:
        """Yield the runs asked for, newest first; those that start meanwhile are left out."""
        page = await self._client.page(asked)
        if page.total > MOST:
            raise NotOffered(
                f"An export of more than {MOST:,} runs is not offered by this server, which tells"
                " each of them by itself: narrow the filter"
            )
        told: set[str] = set()
        offset, total = 0, page.total
        while page.rows:
            rows = [row for row in page.rows if row["id"] not in told]
            told.update(str(row["id"]) for row in rows)
            runs = [await self._client.run(str(row["id"])) for row in rows]
            if found := tuple(run for run in runs if run is not None):
                yield found
            offset += len(page.rows)
            if offset >= page.total:
                return
            page = await self._client.page(asked, offset=offset)
            if page.total != total:  # what started meanwhile has moved the rows down
                offset, total = max(0, offset + page.total - total), page.total
                page = await self._client.page(asked, offset=max(0, offset), limit=PAGE)
