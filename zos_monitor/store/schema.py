"""Which of zos's tables and columns a database has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zos_monitor.model.columns import LARGEST

RUN_COLUMNS = (
    "id",
    "layer_name",
    "layer_hash",
    "started_at",
    "completed_at",
    "status",
    "targets_matched",
    "targets_processed",
    "targets_skipped",
    "insights_created",
    "model_profile",
    "model_provider",
    "model_name",
    "tokens_input",
    "tokens_output",
    "tokens_total",
    "estimated_cost_usd",
    "errors",
)
"""Every column of ``layer_runs`` that the monitor reads."""

REQUIRED = frozenset({"id", "layer_name", "started_at", "completed_at", "status"})
"""The columns of ``layer_runs`` without which a run can't be told."""

# A table beside layer_runs is used only where it has the columns that its queries need.
_OPTIONAL = {
    "llm_calls": {"layer_run_id", "topic_key", "tokens_total", "estimated_cost_usd"},
    "insights": {"layer_run_id", "topic_key"},
}

_TABLES_SQL = """
SELECT m.name, CAST(m.sql AS BLOB) FROM sqlite_master AS m WHERE m.type = 'table' AND m.name IN (
    'layer_runs', 'llm_calls', 'insights', 'user_profiles', 'channels', 'servers'
)
"""
_COLUMNS_SQL = "SELECT name FROM pragma_table_info(?)"

_Text = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class Schema:
    """The tables of zos's that are there, each with its columns."""

    columns: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, rows: Iterable[tuple[str, str]]) -> Schema:
        """Return the schema of tables and columns by their names."""
        columns: dict[str, set[str]] = {}
        for table, column in rows:
            columns.setdefault(table, set()).add(column)
        return cls({table: frozenset(names) for table, names in columns.items()})

    @property
    def tables(self) -> frozenset[str]:
        """The optional tables that can be used to tell of runs."""
        return frozenset(
            table for table, needed in _OPTIONAL.items() if needed <= self.columns.get(table, set())
        )

    @property
    def lack(self) -> str | None:
        """What is missing of the required, as words for a sentence; None where nothing is."""
        runs = self.columns.get("layer_runs")
        if runs is None:
            return "it has no table layer_runs"
        absent = sorted(REQUIRED - runs)
        return f"its layer_runs has no column {', '.join(absent)}" if absent else None

    def has(self, table: str, *names: str) -> bool:
        """Tell whether a table is there with these columns."""
        return table in self.columns and self.columns[table].issuperset(names)

    def column(self, table: str, name: str, alias: str) -> str:
        """Return the SQL that reads a column, NULL where this database has none of the name."""
        return f"{alias}.{name}" if name in self.columns.get(table, ()) else "NULL"


class Schemas:
    """Tells the schema of each connection, and knows it again by the very text of its tables.

    To list all columns takes longer than most questions, and a table's text tells them all: zos's
    migrations change it, and another file has its own. A schema can thus never be out of date.
    """

    def __init__(self) -> None:
        self._known: tuple[_Text, Schema] | None = None

    def of(self, connection: sqlite3.Connection) -> Schema:
        """Return the schema that a connection sees now; may be called by several threads."""
        # By way of lists: Python refuses to grow a tuple that is met by who lists all objects.
        text: _Text = tuple([tuple(row) for row in connection.execute(_TABLES_SQL)])
        known = self._known
        if known is None or known[0] != text:
            rows = (
                (table, row[0])
                for table, _ in text
                for row in connection.execute(_COLUMNS_SQL, (table,))
            )
            known = self._known = text, Schema.read(rows)
        return known[1]


def whole(column: str) -> str:
    """Return the SQL that reads a column's whole numbers, NULL for whatever else it holds."""
    return (
        f"CASE WHEN typeof({column}) = 'integer' THEN {column}"
        f" WHEN typeof({column}) = 'real' AND {column} BETWEEN -{LARGEST} AND {LARGEST}"
        f" AND round({column}) = {column} THEN {column} END"
    )


def finite(column: str) -> str:
    """Return the SQL that reads a column's numbers, NULL for whatever else it holds.

    Text and bytes are greater than any number, where no affinity turns the one into the other.
    """
    return f"CASE WHEN +{column} BETWEEN -{LARGEST} AND {LARGEST} THEN {column} END"


def julian_day(column: str) -> str:
    """Return the SQL that reads a column's instants as days, NULL for whatever else it holds."""
    return (
        f"CASE WHEN typeof({column}) = 'text' AND {column} GLOB '[0-9][0-9][0-9][0-9]-*'"
        f" THEN julianday({column}) END"
    )
