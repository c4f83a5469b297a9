"""The spans of the index on ids that hold all runs whose id begins as a filter says."""

from __future__ import annotations

import json
from itertools import product

from zos_monitor.model.filters import FilterKey, RunFilter
from zos_monitor.model.wildcards import split_pattern
from zos_monitor.store.filter_sql import Where

MOST_SPANS = 64
"""At most so many ways of writing a beginning are looked up: six letters, each in two cases."""

# Many builds of SQLite find an id that is stored as bytes, too: these are behind all text.
_SPANS = """
WITH texts(low, high) AS (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
), spans(low, high) AS (
    SELECT low, high FROM texts
    UNION ALL SELECT CAST(low AS BLOB), CAST(high AS BLOB) FROM texts
)
"""
SOURCE = "spans CROSS JOIN layer_runs AS r ON r.id >= spans.low AND r.id < spans.high"
"""What the runs are selected from, once there are the spans; each run is in one span at most."""


def id_spans(flt: RunFilter) -> Where | None:
    """Return the query of the spans, None where a filter does not ask for one beginning.

    SQLite's LIKE takes letters in either case, which its index does not: so there is a span for
    each way of writing the first characters.
    """
    asked = [term for term in flt.terms if term.key is FilterKey.ID and not term.negated]
    if not asked or len(asked[0].values) != 1:
        return None
    beginning = _searchable(split_pattern(asked[0].values[0])[0])
    if not beginning:
        return None
    ways = product(*(sorted({char.upper(), char.lower()}) for char in beginning))
    spans = [(low, low[:-1] + chr(ord(low[-1]) + 1)) for low in map("".join, ways)]
    return Where(_SPANS, (json.dumps(spans),))


def _searchable(text: str) -> str:
    """Return as much of the beginning of a text as has few enough ways of being written."""
    ways = 1
    for at, char in enumerate(text):
        ways *= 2 if char.isalpha() else 1
        if ways > MOST_SPANS or not " " <= char <= "~":
            return text[:at]
    return text
