"""Values that columns were not made for, of every type that SQLite stores."""

from __future__ import annotations

import json
from typing import NamedTuple

from hypothesis import strategies as st


class Raw(NamedTuple):
    """TEXT of just these bytes, which may be no UTF-8."""

    text: bytes


Value = None | int | float | str | bytes | Raw
"""What SQLite can store, each type as its own: bytes are a BLOB."""

NUMBERS: tuple[Value, ...] = (
    *(0, 1, -1, 2, -5, 2**31, 2**53 + 1, 10**18, 2**63 - 1, -(2**63)),
    *(0.0, -0.0, 0.5, -1.5, 1e-320, 5e-324, 1e18, 1.7e308, -1.7e308, float("inf"), float("-inf")),
    *(1e16 + 2.0, 253_402_300_800.0, 2_460_000.5),
)
DATES: tuple[Value, ...] = (
    *("2026-11-20 03:00:00.000000", "2026-11-20T03:00:00Z", "2026-11-20 03:00:00+14:00"),
    *("2026-11-20", "2026-11-20 03", "20261120T030000", "2026-W47-5", "2026-W47-5T03:00:00"),
    *("2026-11-21 11:59:59.999999", "2026-11-21 12:00:00.000001", "2026-11-21 12:00:00,5"),
    *("9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999-14:00", "0001-01-01 00:00:00"),
    *("0001-01-01 00:00:00+14:00", "10000-01-01 00:00:00.000000", "-2026-01-01 00:00:00"),
    *("0000-00-00 00:00:00", "2026-02-30 03:00:00.000000", "2026-13-01", "2026-11-20 24:00:00"),
    *("2026-11-20 03:00:60", "2026-11-20 03:00:00.123456789", " 2026-11-20 03:00:00.000000\n"),
    *(
        "now",
        "yesterday",
        "12:00",
        "\u0662\u0660\u0662\u0666-01-01 00:00:00",
        "2026-11-20 03:00:00 UTC",
    ),
    *("3000-01-01 00:00:00.000000", "1582-10-10 00:00:00", "2461000.5", "1763600000"),
)
TEXTS: tuple[Value, ...] = (
    *("", " ", "\n", "\t\r\n", "null", "NaN", "nan", "inf", "-Infinity", "1e999", "0x10", "true"),
    *("success", "SUCCESS", "partial", "failed", "dry", "running", "unknown", "12"),
    "paused\x1b[5m",
    *("a\0b", "\0", "\x1b[31mred\x1b[0m\x1b]0;title\x07", "\x9b2J", "\x7f\x85", "%s %d {} {0}"),
    *("[bold]x[/]", "[/x]", "[@click=app.quit]x[/]", "[", "\\[", "$primary", ":warning:"),
    *("a\u202eb\u2066c\u2069", "\u200f\u061c\u200e", "\u2028\u2029", "\ufeff\u200b\u00ad\u2060"),
    *("\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd", "e" + "\u0301" * 6),
    "\u0301\u0301",
    *("\u0e01" + "\u0e47" * 5, "\u2764\ufe0f\u200d\U0001f525", "\U0001f1f3\U0001f1f1" * 2),
    "\U0001f469\u200d\U0001f33e",
    *("\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 9,),
    *("1\ufe0f\u20e3", "\ufe0f", "\u1100\u1161\u11a8", "\ufdfd", "\U00012031"),
    "\u0950\u094d\u200d",
    *("\U000e0041", "\ue000", "\u0378\U0003b34c"),
    *("\u732b" * 80, "x" * 500, "\U0001f989e\u0301\u05d0" * 125, "ab " * 400, "a\n" * 300),
    *("server:1:user:2", "user:\x1b:2", ":::", "server:" * 50, "self:zos", "user:\U0001f989"),
    *("=1+1", "+1", "@x", "-x", '"', "'", "a,b;c|d", "| |", "</script>", "`", "\\", "a\\nb"),
)  # fmt: skip
RAW: tuple[Value, ...] = (
    *map(Raw, (b"\xff\xfe", b"caf\xe9", b"\xed\xb3\xbf", b"a\x00\xff", b"\xf0\x9f", b"\xc0\x80")),
    *map(
        Raw, (b'[{"error": "\xff"}]', b"2026-11-20 03:00:00\xff", b"\xef\xbb\xbf[]", b"success\0")
    ),
)
BLOBS: tuple[Value, ...] = (
    *(b"", b"\0", b"\xff" * 40, b"2026-11-20 03:00:00.000000", b"success", b"run-1", b"null"),
    *(b'[{"error": "in a blob"}]', bytes(range(256)) * 8),
)


def _error(text: object, topic: object = "server:1:user:2", node: object = "reflect") -> object:
    return {"topic": topic, "error": text, "node": node}


_SHAPES: tuple[object, ...] = (
    *([], {}, "", "one", 0, -1, 1.5, True, [[]], [[[]]], [None], [None, None], [{}], [{}, {}]),
    *([_error("")], [_error(None, None, None)], [_error("same")] * 40, _error("alone")),
    [_error("429 rate limit", f"server:1:user:{n}") for n in range(30)],
    [_error({"deep": ["object"]}, ["list"], {"node": 1})],
    [_error(10**30, 10**400, 1e300), 1, "two", [3], None, True],
    [{"error": "x", "extra": {"a": [1, 2, {"b": None}]}}],
    [_error("bad \udcff", "\ud800", "\udfff"), {"\udcff": "\udcff"}],
    [_error("\ud83d\ude00 pair"), _error("\x1b[2J\u202e\n\tb\r\n" * 20, "\x1b]0;t\x07", "\0")],
    [_error("Traceback (most recent call last):\n" + '  File "x", line 1, in y\n    z\n' * 60)],
)
JSON: tuple[Value, ...] = (
    *(json.dumps(shape) for shape in _SHAPES),
    *("[" * 1000 + "]" * 1000, '{"error":' * 1000 + "1" + "}" * 1000, "[" * 100_000, "[1,", "{"),
    *("NaN", "[NaN, Infinity]", '[{"error": NaN}]', "1" * 5000, '{"a":1,"a":2}', "[1] [2]"),
    "\ufeff[]",
    '[{"error": "dear \\ud83d", "topic": "\\ude00"}]',
)  # fmt: skip
NAMED: tuple[Value, ...] = (None, *NUMBERS, *DATES, *TEXTS, *RAW, *BLOBS, *JSON)
"""Values that broke something somewhere, or look as if they could."""

_LETTERS = st.characters(exclude_categories=["Cs"])
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.sampled_from(NAMED),
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(_LETTERS, max_size=40),
    st.lists(st.sampled_from([text for text in TEXTS if isinstance(text, str)]), max_size=6).map(
        "".join
    ),
    st.binary(max_size=40),
    st.binary(max_size=40).map(Raw),
    st.datetimes().map(lambda instant: instant.isoformat(" ", "microseconds")),
)
"""Any value at all."""
