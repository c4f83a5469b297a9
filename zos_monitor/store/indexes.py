"""Which of the indexes on runs a database has: older databases may lack them."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

# Whatever decides on an index is in these texts: its own, and its table's.
_TEXTS_SQL = """
SELECT m.name, CAST(m.sql AS BLOB) FROM sqlite_master AS m WHERE m.tbl_name = 'layer_runs'
"""
_INDEXES_SQL = """
SELECT i.name, group_concat(c.name) AS columns FROM pragma_index_list('layer_runs') AS i
JOIN pragma_index_info(i.name) AS c WHERE NOT i.partial GROUP BY i.name
"""

_Texts = tuple[tuple[str, bytes | None], ...]


class Indexes(NamedTuple):
    """The names, quoted, of the indexes on runs that can serve; empty where there is none."""

    by_layer: str = ""
    by_status: str = ""


class KnownIndexes:
    """Tells the indexes of each connection, and knows them again by their very text."""

    def __init__(self) -> None:
        self._known: tuple[_Texts, Indexes] | None = None

    def of(self, connection: sqlite3.Connection) -> Indexes:
        """Return the indexes that a connection sees now; may be called by several threads."""
        texts: _Texts = tuple(map(tuple, connection.execute(_TEXTS_SQL)))
        known = self._known
        if known is None or known[0] != texts:
            columns = {columns: name for name, columns in connection.execute(_INDEXES_SQL)}
            known = self._known = (
                texts,
                Indexes(
                    by_layer=_quoted(columns.get("layer_name,started_at")),
                    by_status=_quoted(columns.get("status")),
                ),
            )
        return known[1]


def _quoted(name: str | None) -> str:
    return '"{}"'.format(name.replace('"', '""')) if name is not None else ""
