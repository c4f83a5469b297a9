"""Filters as SQL: a condition over ``layer_runs AS r``, with every value bound as a parameter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import NamedTuple

from zos_monitor.model.filters import FilterKey, LayerKind, RunFilter, Term, matches, time_bounds
from zos_monitor.model.states import OPEN_STATES, STORED_STATES, RunState
from zos_monitor.model.times import format_stored
from zos_monitor.model.wildcards import split_pattern
from zos_monitor.store.filter_functions import SQL_FUNCTIONS
from zos_monitor.store.judge import OPEN_STATE

__all__ = [
    "SQL_FUNCTIONS",
    "Where",
    "both",
    "compile_filter",
    "like_pattern",
]

MANY_NAMES = 100
"""From here on layer names are bound as one JSON array: SQLite allows so many variables only."""

FEW_IDS = 8
"""Up to here each id is looked for by itself, which is cheaper; the time for more is constant."""

# Whether one of the segments after the first is in a JSON list. Quoting leaves colons as they are.
_SEGMENTS_SQL = """
EXISTS (
    SELECT 1 FROM json_each(
        '[' || replace(json_quote(CAST(t.topic_key AS TEXT)), ':', '","') || ']'
    ) AS s
    WHERE s.key AND s.value IN (SELECT value FROM json_each(?))
)
"""

# ASCII that every writer of JSON leaves as it is, against what some of them escape.
_PLAIN = re.compile(r"[ !#$%()*+,\-.0-9:;=?@A-Z\[\]^_`a-z{|}~]+")
# Other characters: written as they are or as \uXXXX. U+FFFD may stand for bytes that are no UTF-8.
_WIDE = re.compile(r"[^\x00-\x7f\ud800-\udfff\ufffd]+")


class Where(NamedTuple):
    """A boolean SQL expression over ``layer_runs AS r``, and what is bound to its ``?``, in order.

    It may call the functions of ``SQL_FUNCTIONS``, which the connection has to know.
    """

    sql: str
    params: tuple[object, ...]


@dataclass(frozen=True)
class _Scope:
    """What is known about the database that the filter is for."""

    layers: Sequence[str]
    tables: frozenset[str]
    has_errors: bool
    named: Mapping[str, Sequence[str]]
    scheduled: frozenset[str]


_ALL = Where("1", ())
_NONE = Where("0", ())


def compile_filter(
    flt: RunFilter,
    *,
    now: datetime,
    zone: tzinfo = UTC,
    layers: Sequence[str],
    scheduled: frozenset[str] = frozenset(),
    tables: frozenset[str],
    has_errors: bool = True,
    named: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Where:
    """Return the condition that the runs of a filter fulfil, at ``now`` and for this zone.

    ``layers`` are the names of all layers that ever ran: patterns are expanded over them, so that
    the index on the name serves. ``scheduled`` are those that the clock starts: all others are of
    the other kind. ``tables`` says which of ``llm_calls`` and ``insights`` can be
    searched by topic_key and layer_run_id, ``has_errors`` whether ``layer_runs`` has that column.
    ``named`` has the ids that a bare word's pattern names: it finds the runs with a topic that
    holds one of them as a whole segment. Terms are joined by AND at the top level. An empty filter
    is ``1``.
    """
    bounds = time_bounds(flt, now=now, zone=zone)
    scope = _Scope(layers, tables, has_errors, named, scheduled)
    parts = []
    if bounds.since is not None:
        parts.append(Where("r.started_at >= ?", (format_stored(bounds.since),)))
    if bounds.until is not None:
        parts.append(Where("r.started_at < ?", (format_stored(bounds.until),)))
    for term in flt.terms:
        compiler = _COMPILERS.get(term.key)
        if compiler:
            part = compiler(term, scope)
            # Not NOT: where a column is NULL a run isn't found by the term, so it is by its denial.
            parts.append(Where(f"({part.sql}) IS NOT TRUE", part.params) if term.negated else part)
    return _joined(" AND ", parts) if parts else _ALL


def both(one: Where, other: Where) -> Where:
    """Return the condition that both of two hold."""
    return _joined(" AND ", (one, other))


def _joined(operator: str, parts: Sequence[Where]) -> Where:
    sql = operator.join(f"({part.sql})" for part in parts)
    return Where(sql, tuple(param for part in parts for param in part.params))


def _any_value(compiler: Callable[[str, _Scope], Where]) -> Callable[[Term, _Scope], Where]:
    return lambda term, scope: _joined(" OR ", [compiler(value, scope) for value in term.values])


def _status(term: Term, scope: _Scope) -> Where:
    stored = tuple(str(state) for state in STORED_STATES)
    wanted = tuple(status for status in stored if status in term.values)
    parts = []
    if wanted:  # With the column bare, its index can serve.
        sql = f"r.status IN ({_marks(wanted)}) AND r.completed_at IS NOT NULL"
        parts.append(Where(sql, wanted))
    open_ = tuple(str(state) for state in OPEN_STATES if state in term.values)
    if len(open_) == len(OPEN_STATES):
        parts.append(Where("r.completed_at IS NULL", ()))
    elif open_:
        # With AND between the two SQLite would ask for the state of every run, open or not: it
        # tests first what it need not read the row for.
        parts.append(Where(f"({OPEN_STATE}) IN ({_marks(open_)})", open_))
    if RunState.UNKNOWN in term.values:
        known = f"r.status IN ({_marks(stored)})"
        parts.append(Where(f"r.completed_at IS NOT NULL AND ({known}) IS NOT TRUE", stored))
    return _joined(" OR ", parts)


def _layer(term: Term, scope: _Scope) -> Where:
    return _layer_in(
        name
        for name in scope.layers
        if any(matches(pattern, name, whole=True) for pattern in term.values)
    )


def _kind(term: Term, scope: _Scope) -> Where:
    scheduled = _layer_in(name for name in scope.layers if name in scope.scheduled)
    if set(LayerKind) <= set(term.values):
        return _ALL
    if LayerKind.SCHEDULED in term.values:
        return scheduled
    return Where(f"({scheduled.sql}) IS NOT TRUE", scheduled.params)  # also runs without a name


def _layer_in(found: Iterable[str]) -> Where:
    names = tuple(name for name in found if _bindable(name))
    if not names:
        return _NONE
    if len(names) < MANY_NAMES:
        return Where(f"r.layer_name IN ({_marks(names)})", names)
    return Where("r.layer_name IN (SELECT value FROM json_each(?))", (json.dumps(names),))


def _id(pattern: str, scope: _Scope) -> Where:
    return _like("r.id", (*split_pattern(pattern), ""))


def _error(pattern: str, scope: _Scope) -> Where:
    return _errors_match("zos_error_match", pattern, scope)


def _cause(pattern: str, scope: _Scope) -> Where:
    if not scope.has_errors:
        return _NONE
    # Most runs have none, for which no function is called. What the others' causes are no text
    # search can tell beforehand.
    some = Where("r.errors IS NOT NULL AND r.errors <> 'null'", ())
    return _joined(" AND ", [some, _called("zos_cause_match", pattern)])


def _text(pattern: str, scope: _Scope) -> Where:
    parts = ("", *split_pattern(pattern), "")
    ids = tuple(scope.named.get(pattern, ()))
    topic = _like("t.topic_key", parts)
    if ids:
        topic = _joined(" OR ", [topic, _topic_holds(ids)])
    return _joined(
        " OR ",
        [
            _like("r.id", parts),
            _layer_in(name for name in scope.layers if matches(pattern, name)),
            _errors_match("zos_error_or_topic_match", pattern, scope),
            _error_topic_holds(ids, scope),
            *(_in_topics(table, topic, scope) for table in ("insights", "llm_calls")),
        ],
    )


def _in_topics(table: str, topic: Where, scope: _Scope) -> Where:
    if table not in scope.tables:
        return _NONE
    # Run by run, for the runs are visited stretch by stretch: no other run's rows are read.
    sql = f"SELECT 1 FROM {table} AS t WHERE t.layer_run_id = r.id AND ({topic.sql})"
    return Where(f"EXISTS ({sql})", topic.params)


def _topic_holds(ids: Sequence[str]) -> Where:
    if len(ids) > FEW_IDS:
        return Where(_SEGMENTS_SQL, (json.dumps(ids),))
    test = "instr(CAST(t.topic_key AS TEXT) || ':', ?)"
    return _joined(" OR ", [Where(test, (f":{key}:",)) for key in ids])


def _error_topic_holds(ids: Sequence[str], scope: _Scope) -> Where:
    if not ids or not scope.has_errors:
        return _NONE
    tests = [Where("r.errors IS NOT NULL", ())]
    if len(ids) <= FEW_IDS and all(_PLAIN.fullmatch(key) for key in ids):
        test = "instr(CAST(r.errors AS TEXT), ?)"
        tests.append(_joined(" OR ", [Where(test, (f":{key}",)) for key in ids]))
    exact = Where("zos_error_topic_holds(CAST(r.errors AS BLOB), ?)", (json.dumps(ids),))
    return _joined(" AND ", [*tests, exact])


def _errors_match(function: str, pattern: str, scope: _Scope) -> Where:
    if not scope.has_errors:
        return _NONE
    exact = _called(function, pattern)
    return _joined(" AND ", [*_prefilters(split_pattern(pattern)), exact])


def _called(function: str, pattern: str) -> Where:
    bound = pattern if _bindable(pattern) else pattern.encode("utf-8", "surrogatepass")
    # As a BLOB, for text that is no UTF-8 would fail on its way to the function.
    return Where(f"{function}(CAST(r.errors AS BLOB), ?)", (bound,))


def _prefilters(parts: Sequence[str]) -> list[Where]:
    """Return cheap tests that no row fails in which the parts are found, however it is escaped."""
    column = "CAST(r.errors AS TEXT)"  # Some builds of SQLite don't look for text in BLOBs.
    tests = [Where("r.errors IS NOT NULL", ())]
    plain = _longest(_PLAIN, parts)
    if plain:
        tests.append(_like(column, ("", plain, "")))
    wide = _longest(_WIDE, parts)
    if wide:
        forms = (wide, json.dumps(wide)[1:-1])
        tests.append(_joined(" OR ", [_like(column, ("", form, "")) for form in forms]))
    return tests


def _longest(run: re.Pattern[str], parts: Iterable[str]) -> str:
    return max((found for part in parts for found in run.findall(part)), key=len, default="")


def _like(column: str, parts: Iterable[str]) -> Where:
    r"""Return the test whether a column is these texts with anything between them.

    Text that can't be bound is in no column. LIKE ignores case in ASCII only, as ``matches`` does.
    """
    pattern = like_pattern(parts)
    return Where(f"{column} LIKE ? ESCAPE '\\'", (pattern,)) if _bindable(pattern) else _NONE


def like_pattern(parts: Iterable[str]) -> str:
    r"""Return the LIKE pattern, with ``\`` as its ESCAPE, of texts with anything between them."""
    return "%".join(re.sub(r"([\\%_])", r"\\\1", part) for part in parts)


def _bindable(text: str) -> bool:
    return text.isascii() or not re.search("[\ud800-\udfff]", text)


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


# The times are no entries: all of a filter's since and until make one pair of bounds.
_COMPILERS: Mapping[FilterKey, Callable[[Term, _Scope], Where]] = MappingProxyType(
    {
        FilterKey.STATUS: _status,
        FilterKey.LAYER: _layer,
        FilterKey.KIND: _kind,
        FilterKey.ID: _any_value(_id),
        FilterKey.ERROR: _any_value(_error),
        FilterKey.CAUSE: _any_value(_cause),
        FilterKey.TEXT: _any_value(_text),
    }
)
