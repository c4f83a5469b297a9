"""The SQL behind failure groups: the errors of chosen runs."""

from __future__ import annotations

import sqlite3

from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import Where

# The runs are counted with those of them that have errors, so that they are looked for once.
_FAILING_SQL = """
WITH chosen(number) AS ({chosen})
SELECT NULL AS started_at, count(*) AS layer_name, NULL AS errors FROM chosen
UNION ALL
SELECT r.started_at, r.layer_name, CAST({errors} AS BLOB)
FROM chosen CROSS JOIN layer_runs AS r ON r.rowid = chosen.number
WHERE {errors} IS NOT NULL AND {errors} <> 'null'
"""


async def failing(reader: Reader, chosen: Where) -> tuple[int, list[sqlite3.Row]]:
    """Return how many runs a query returns the row numbers of, and those of them with errors.

    A row has ``started_at``, ``layer_name`` and ``errors``, the last as bytes, in any encoding.
    What is in it need not be an error.
    """
    errors = reader.schema.column("layer_runs", "errors", "r")
    counted, *rows = await reader.rows(
        _FAILING_SQL.format(chosen=chosen.sql, errors=errors), chosen.params
    )
    return counted["layer_name"], rows
