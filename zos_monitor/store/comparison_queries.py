"""The SQL behind comparing a run with another one: which one that is, and what both worked on."""

from __future__ import annotations

from zos_monitor.model.columns import as_text
from zos_monitor.model.compare import compare
from zos_monitor.model.comparison import Comparison, Partner
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.states import RunState
from zos_monitor.store import run_queries
from zos_monitor.store.database import Reader
from zos_monitor.store.walk import older_than

LOOKED_BACK = 20_000
"""How many of a layer's runs before a run are searched for its last success.

Some layers never succeed, and a busy one has half a million runs; these take some 20 ms.
"""

# Only so many rows are looked at, for which the index on layer and start serves: the outer query
# takes them as they come, and stops at the first success. A layer's name may be no UTF-8.
_LAST_SUCCESS_SQL = """
SELECT id FROM (
    SELECT r.id, r.status, r.completed_at FROM layer_runs AS r
    WHERE r.layer_name = (SELECT t.layer_name FROM layer_runs AS t WHERE t.rowid = ?) AND ({before})
    ORDER BY r.started_at DESC, r.rowid DESC LIMIT ?
) WHERE status = ? AND completed_at IS NOT NULL LIMIT 1
"""


async def comparison(reader: Reader, run_id: str, *, marked: str | None) -> Comparison | None:
    """Return a run beside the ``marked`` one, None where there is no such run.

    Where none is marked, or the run itself is, or the marked one is gone, it stands beside the
    newest success of its layer that started before it, if one of the ``LOOKED_BACK`` runs is that.
    """
    this = await run_queries.run(reader, run_id)
    if this is None:
        return None
    partner = Partner.MARKED
    other = None
    if marked is not None and marked != run_id:
        other = await run_queries.run(reader, marked)
    if other is None:
        partner = Partner.LAST_SUCCESS
        other = await _last_success(reader, this)
    if other is None:
        return compare(this, None, partner)
    return compare(
        this,
        other,
        partner,
        worked_here=await _topics(reader, this.id),
        worked_there=await _topics(reader, other.id),
    )


async def _last_success(reader: Reader, run: RunDetail) -> RunDetail | None:
    before = older_than(run.key)
    row = await reader.row(
        _LAST_SUCCESS_SQL.format(before=before.sql),
        (run.key.rowid, *before.params, LOOKED_BACK, str(RunState.SUCCESS)),
    )
    return None if row is None else await run_queries.run(reader, as_text(row["id"]))


async def _topics(reader: Reader, run_id: str) -> frozenset[str]:
    """Return the topics of a run's calls and insights."""
    found: set[str] = set()
    for table in reader.schema.tables & {"llm_calls", "insights"}:
        rows = await reader.rows(
            f"SELECT DISTINCT CAST(t.topic_key AS BLOB) AS topic FROM {table} AS t"
            " WHERE t.layer_run_id = ? AND t.topic_key IS NOT NULL",
            (run_id,),
        )
        found.update(as_text(row["topic"]) for row in rows)
    return frozenset(found)
