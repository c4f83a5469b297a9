"""Awkward runs, and what a filter means for them in plain slow Python."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from zos_monitor.model.causes import cause_of
from zos_monitor.model.errors import parse_errors
from zos_monitor.model.filters import FilterKey, RunFilter, matches, time_bounds
from zos_monitor.model.states import OPEN_STATES, RunState, derive_state
from zos_monitor.model.times import format_stored
from zos_monitor.model.wildcards import join_pattern, split_pattern
from zos_monitor.store.filter_sql import SQL_FUNCTIONS, compile_filter

NOW = datetime(2026, 11, 8, 12, tzinfo=UTC)
TABLES = frozenset({"llm_calls", "insights"})
SCHEMA = """
CREATE TABLE layer_runs (id VARCHAR NOT NULL PRIMARY KEY, layer_name VARCHAR NOT NULL,
    started_at DATETIME NOT NULL, completed_at DATETIME, status VARCHAR NOT NULL, errors JSON);
CREATE INDEX ix_layer_runs_name_started ON layer_runs (layer_name, started_at);
CREATE INDEX ix_layer_runs_status ON layer_runs (status);
CREATE TABLE llm_calls (layer_run_id VARCHAR, topic_key VARCHAR, prompt TEXT, response TEXT);
CREATE INDEX ix_llm_calls_layer_run ON llm_calls (layer_run_id);
CREATE TABLE insights (layer_run_id VARCHAR, topic_key VARCHAR, content TEXT);
"""


def entry(error: object, topic: str | None = None) -> dict[str, object]:
    return {"topic": topic, "error": error, "node": "reflect"}


ERRORS: list[object] = [
    None,
    "null",
    json.dumps([entry("429 Rate limit exceeded", "server:1:user:Ada"), entry("")]),
    json.dumps([entry('He said "no": C:\\temp\\x\n\tat 50% of_it', None)]),
    json.dumps([entry("socket closed: \udcff bytes \x1b[31m", "topic:café")]),
    json.dumps([entry("schön 失敗 CAFÉ")]),
    json.dumps([entry("schön 失敗 CAFÉ")], ensure_ascii=False),
    json.dumps([entry({"code": 429, "text": ["déjà", True, None]}), "loose text", 7]),
    json.dumps([{"message": "odd shape"}]),
    json.dumps({"error": "alone", "topic": "solo"}),
    json.dumps("just a string"),
    'plain "text" with 50% and \\ é',
    "[" * 5000,
    '{"error": "cut off',
    b"\xff\xfe bytes rate limit",
    b'[{"topic": null, "error": "blob \xe9", "node": null}]',
    "[]",
    "",
    429,
    1.5,
]
LAYERS = ["nightly-user", "nightly-emoji", "dm-response", "50%_done", "Ünïcode", "a\"b'c*"]
SCHEDULED = frozenset({"nightly-user", "50%_done", "Ünïcode", "never-ran"})
STATUSES = ["success", "partial", "failed", "dry", "weird", "running"]


class Sample:
    """One database in memory, and its rows as a naive reader keeps them."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for name, count, function in SQL_FUNCTIONS:
            self.db.create_function(name, count, function, deterministic=True)
        self.db.create_function("zos_open_state", 1, open_state)
        self.db.executescript(SCHEMA)
        for number in range(60):
            run = f"01J{number:02}Zé%" if number % 7 else f"dev_{number}"
            started = NOW - timedelta(hours=7 * number)
            done = None if number % 5 == 0 else format_stored(started)
            row = (run, LAYERS[number % 6], format_stored(started), done, STATUSES[number // 2 % 6])
            self.db.execute(
                "INSERT INTO layer_runs VALUES (?, ?, ?, ?, ?, ?)",
                (*row, ERRORS[number % len(ERRORS)]),
            )
            if number % 4 == 1:
                call = (run, f"server:1:user:{number}", "needle", "needle")
                self.db.execute("INSERT INTO llm_calls VALUES (?, ?, ?, ?)", call)
            if number % 6 == 2:
                insight = (run, f"server:2:emoji:{number}_%é", "needle")
                self.db.execute("INSERT INTO insights VALUES (?, ?, ?)", insight)
        self.db.execute("INSERT INTO llm_calls VALUES (NULL, 'server:1:user:lost', '', '')")
        self.numbers = dict(self.db.execute("SELECT id, rowid FROM layer_runs"))
        self.rows = self.db.execute("SELECT *, CAST(errors AS BLOB) FROM layer_runs").fetchall()
        self.topics: dict[str, list[str]] = {}
        for run, topic in self.db.execute(
            "SELECT layer_run_id, topic_key FROM llm_calls"
            " UNION ALL SELECT layer_run_id, topic_key FROM insights"
        ):
            self.topics.setdefault(run, []).append(topic)

    def found(self, flt: RunFilter, tables: frozenset[str] = TABLES) -> set[str]:
        where = compile_filter(flt, now=NOW, layers=LAYERS, scheduled=SCHEDULED, tables=tables)
        found = self.db.execute(f"SELECT id FROM layer_runs AS r WHERE {where.sql}", where.params)
        return {row[0] for row in found}

    def naive(self, flt: RunFilter) -> set[str]:
        return {row[0] for row in self.rows if self.fulfils(row, flt)}

    def fulfils(self, row: tuple[str, ...], flt: RunFilter) -> bool:
        bounds = time_bounds(flt, now=NOW)
        started = datetime.fromisoformat(row[2]).replace(tzinfo=UTC)
        if bounds.since is not None and started < bounds.since:
            return False
        if bounds.until is not None and started >= bounds.until:
            return False
        asked = (t for t in flt.terms if t.key not in (FilterKey.SINCE, FilterKey.UNTIL))
        return all(
            any(self.fits(row, term.key, value) for value in term.values) is not term.negated
            for term in asked
        )

    def fits(self, row: tuple[str, ...], key: FilterKey, value: str) -> bool:
        run, layer, _, completed, status, _, errors = row
        match key:
            case FilterKey.STATUS:
                open_ = open_state(self.numbers[run]) if completed is None else None
                return derive_state(status, open_) == value
            case FilterKey.LAYER:
                return matches(value, layer, whole=True)
            case FilterKey.KIND:
                return value == ("scheduled" if layer in SCHEDULED else "conversation")
            case FilterKey.ID:
                return matches(join_pattern((*split_pattern(value), "")), run, whole=True)
            case FilterKey.ERROR:
                return found_in(errors, value, {"topic", "node"})
            case FilterKey.CAUSE:
                causes = (cause_of(error.message) for error in parse_errors(errors))
                return any(matches(value, cause, whole=True) for cause in causes)
        texts = [run, layer, *self.topics.get(run, [])]
        return any(matches(value, text) for text in texts) or found_in(errors, value, {"node"})


def open_state(rowid: int) -> RunState:
    """Judge open runs by their row numbers: each state occurs, and is known to both sides."""
    return OPEN_STATES[rowid % len(OPEN_STATES)]


def found_in(errors: object, pattern: str, skipped: set[str]) -> bool:
    """Read a run's errors the slow way: recursively, with an entry's texts told apart by key."""

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str | int | float):
            yield json.dumps(value) if isinstance(value, bool) else str(value)
        for item in value if isinstance(value, list) else ():
            yield from texts(item)
        for item in value.values() if isinstance(value, dict) else ():
            yield from texts(item)

    raw = errors.decode("utf-8", "replace") if isinstance(errors, bytes) else ""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = raw or None
    for item in document if isinstance(document, list) else [document]:
        kept = (
            {k: v for k, v in item.items() if k not in skipped} if isinstance(item, dict) else item
        )
        if any(matches(pattern, shown(text)) or matches(pattern, text) for text in texts(kept)):
            return True
    return False


def shown(text: str) -> str:
    return "".join(
        "\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text
    )
