"""Named cases: rows that something stumbled over, or that are known to lie in wait."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.hell.databases import Database, Row, plain_row, stored
from tests.hell.values import JSON, Raw, Value

EMOJI = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
ARABIC, HEBREW = "\u0644\u064a\u0644\u0629 ", "\u05dc\u05d9\u05dc\u05d4 "
STACKED = "z" + "\u0301" * 30
NO_UNICODE = "\u0378\U0003b34c\U000323b0"
NAMES: Mapping[str, Value] = {
    "500 letters": "x" * 500,
    "500 emoji": "\U0001f989" * 500,
    "joined emoji": EMOJI * 70,
    "right to left": (ARABIC + HEBREW) * 42,
    "marks": ("e\u0301\u0323" * 166),
    "stacked": STACKED * 16,
    "wide": "\u732b" * 500,
    "Thai": "\u0e01\u0e47" * 250,
    "Hangul in parts": "\u1100\u1161\u11a8" * 160,
    "reordering": "nightly\u202e\u2067gnitset\u2066\u2069\u200f" * 12,
    "unseen": "a\u200b\u2060\u00ad\ufeff\u3164" * 60,
    "control": "a\x1b[2J\x07\r\n\t\x9b31m\0" * 40,
    "no Unicode": NO_UNICODE * 100,
    "variants": "\u2764\ufe0f\u2764\ufe0e1\ufe0f\u20e3\U0001f44d\U0001f3fd" * 50,
    "flags": "\U0001f1f3\U0001f1f1\U0001f1e9" * 100,
    "no UTF-8": Raw(b"nightly \xff\xfe\xed\xb3\xbf" * 60),
    "markup": "[/][bold red]x[/] \\[ [@click=app.quit]q[/]" * 12,
    "blank": "   ",
    "empty": "",
    "none": None,
    "bytes": b"\x00nightly\xff",
    "number": 42,
}
"""Names of layers."""


def deep(depth: int) -> str:
    """Return JSON nested so deep around one error."""
    return "[" * depth + '{"error": "deep"}' + "]" * depth


def _same_topic() -> str:
    entry = {"topic": "server:1:user:2", "error": "429 rate limit", "node": "reflect"}
    return json.dumps([entry] * 50)


RUN_CASES: Mapping[str, Mapping[str, Value]] = {
    "status unknown": {"status": "paused"},
    "status in capitals": {"status": "SUCCESS"},
    "status none": {"status": None},
    "status steering": {"status": "\x1b[5m\u202efailed"},
    "status a blob": {"status": b"success"},
    "status as the states we derive": {"status": "running"},
    "counters negative": {
        "targets_matched": -5,
        "targets_processed": -(2**63),
        "targets_skipped": -1,
        "insights_created": -7,
    },
    "counters of millions": {
        "targets_matched": 9_000_000,
        "targets_processed": 8_999_999,
        "insights_created": 123_456_789,
    },
    "counters of the largest": {"targets_matched": 2**63 - 1, "insights_created": 2**63 - 1},
    "counters like numbers": {"targets_matched": "NaN", "insights_created": "inf"},
    "counters none": dict.fromkeys(
        ("targets_matched", "targets_processed", "targets_skipped", "insights_created")
    ),
    "counters real": {"targets_matched": 2.5, "insights_created": 9.0, "tokens_total": 1e300},
    "more done than there is": {"targets_matched": 1, "targets_processed": 40},
    "tokens of 10^18": dict.fromkeys(("tokens_input", "tokens_output", "tokens_total"), 10**18),
    "cost endless": {"estimated_cost_usd": float("inf")},
    "cost huge": {"estimated_cost_usd": 1.7e308},
    "cost tiny": {"estimated_cost_usd": 5e-324},
    "cost negative": {"estimated_cost_usd": -3.5},
    "cost a word": {"estimated_cost_usd": "nan"},
    "started in the far future": {"started_at": "9999-12-31 23:59:59.999999"},
    "started before years": {"started_at": "0001-01-01 00:00:00.000000"},
    "started beyond years": {"started_at": "10000-01-01 00:00:00.000000"},
    "started with an offset beyond years": {"started_at": "0001-01-01 00:00:00+14:00"},
    "started on no day": {"started_at": "2026-02-30 03:00:00.000000"},
    "started never": {"started_at": None},
    "started at a number": {"started_at": 1_763_600_000},
    "started at an infinity": {"started_at": float("inf")},
    "started in bytes": {"started_at": Raw(b"2026-11-20 03:00:00\xff")},
    "completed before started": {"completed_at": stored(900)},
    "completed thousands of years later": {"completed_at": "9999-12-31 23:59:59.999999"},
    "completed at a number": {"completed_at": 3.5},
    "open since ever": {"completed_at": None, "started_at": "0001-01-01 00:00:00.000000"},
    "open in the future": {"completed_at": None, "started_at": "2999-01-01 00:00:00.000000"},
    "open at no time": {"completed_at": None, "started_at": "soon"},
    "errors a string": {"errors": '"only a string"'},
    "errors a number": {"errors": 429},
    "errors an object": {"errors": '{"error": "alone", "topic": 5}'},
    "errors no JSON": {"errors": "out of memory [/]"},
    "errors cut": {"errors": '[{"error": "cut o'},
    "errors 1,000 deep": {"errors": deep(1000)},
    "errors 100,000 deep": {"errors": "[" * 100_000},
    "errors on one topic": {"errors": _same_topic()},
    "errors in a blob": {"errors": b'[{"error": "in a blob"}]'},
    "errors with lone surrogates": {"errors": json.dumps([{"error": "\ud83d", "topic": "\ude00"}])},
    "errors of every shape": {"errors": f"[{', '.join(map(str, JSON[:20]))}]"},
    "id none": {"id": None},
    "id empty": {"id": ""},
    "id a number": {"id": 7},
    "id bytes": {"id": b"run\xff"},
    "id no UTF-8": {"id": Raw(b"run\xff")},
    "id with NUL": {"id": "run\0tail"},
    "id of 500 letters": {"id": "\U0001f989\u202e" * 250},
}
"""Columns of a run that is believable otherwise."""


def named_runs() -> tuple[Row, ...]:
    """Return all of these runs, one after the other, each of its own id, and some ids twice."""
    rows = [plain_row("layer_runs", **{"id": name, **case}) for name, case in RUN_CASES.items()]
    for number, (name, layer) in enumerate(NAMES.items()):
        row = {"id": f"layer {name}", "layer_name": layer, "started_at": stored(number + 2)}
        rows.append(plain_row("layer_runs", **row))
    twice = [plain_row("layer_runs", id="twice", started_at=stored(number)) for number in range(3)]
    return (*rows, *twice)


def _of_run(run_id: Value, number: int, **columns: Value) -> Row:
    return plain_row(
        "llm_calls", **{"id": f"call {run_id!r} {number}", "layer_run_id": run_id, **columns}
    )


def _calls() -> tuple[Row, ...]:
    name = "layer 500 emoji"
    return (
        _of_run(name, 1, tokens_total=10**18, estimated_cost_usd=1e308),
        _of_run(name, 2, tokens_total=10**18, estimated_cost_usd=1e308),
        _of_run(name, 3, tokens_total=2**63 - 1, estimated_cost_usd=2**63 - 1),
        _of_run(name, 4, tokens_total=2**63 - 1, estimated_cost_usd=2**63 - 1),
        _of_run(name, 5, topic_key=NAMES["right to left"], latency_ms=-5, success=None),
        _of_run(name, 6, topic_key=None, latency_ms=1e18, success="perhaps", call_type=None),
        _of_run(name, 7, topic_key=NAMES["joined emoji"], success=0, error_message=STACKED * 90),
        _of_run(name, 8, topic_key=b"\xff", success=0, error_message=b"\xff", created_at=None),
        _of_run(name, 9, model_name=NAMES["wide"], model_provider="\x1b[2J", created_at="soon"),
        _of_run(name, 10, prompt=b"\0" * 5000, response="\x1b]0;t\x07" * 500, id=None),
        _of_run(name, 11, prompt=deep(1000), response=EMOJI * 3000, id="\0"),
        _of_run("open since ever", 1, created_at="9999-12-31 23:59:59.999999", success=0),
        _of_run("open since ever", 2, error_message=NAMES["control"], success=0),
        _of_run(None, 1, estimated_cost_usd=99.0),
        _of_run(7, 1),
        _of_run(b"run\xff", 1),
        _of_run("twice", 1),
    )


def _insights() -> tuple[Row, ...]:
    of_run: dict[str, Value] = {"layer_run_id": "layer 500 emoji"}
    return (
        plain_row("insights", **of_run, id="i-1", content=NAMES["stacked"], strength=float("inf")),
        plain_row("insights", **of_run, id="i-2", content=b"\xff\0", topic_key=None),
        plain_row("insights", **of_run, id=None, category=NAMES["control"], created_at="never"),
        plain_row("insights", **of_run, id="i-4", importance="NaN", confidence=-1e300),
    )


NAMED = Database(
    {
        "layer_runs": named_runs(),
        "llm_calls": _calls(),
        "insights": _insights(),
        "servers": (plain_row("servers", id="1", name=NAMES["right to left"]),),
        "channels": (plain_row("channels", id="4", name="\x1b[2J\u202e"),),
        "user_profiles": (
            plain_row("user_profiles", user_id="2", display_name=NAMES["joined emoji"]),
            plain_row("user_profiles", user_id="3", display_name=None, username=Raw(b"\xff")),
        ),
    }
)
"""All of them in one database."""

UNTYPED = NAMED._replace(typed=False, indexed=False)
"""The same in columns that keep each value as it is, and without an index."""
