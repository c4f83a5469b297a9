"""A database in which everything private carries a mark."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tests.conftest import NOW
from zos_monitor.demo.writer import ZosWriter

MARK = "qzx"
"""In no word of ours, and in no number: whatever folds data leaves it."""

START = NOW - timedelta(hours=9)
PARTIAL, OPEN, SUCCESS, SHAPES = "run-partial", "run-open", "run-success", "run-shape"
LAYER = "nightly-user-reflection"

_letters = "abcdefghijklmnop"
_numbers = count()


def mark(word: str) -> str:
    """Return a name that is private, another one each time."""
    number = next(_numbers)
    places = (number // 256, number // 16 % 16, number % 16)
    return f"{word}{MARK}{''.join(_letters[place] for place in places)}"


class Topics(NamedTuple):
    user: str
    other: str
    channel: str
    subject: str


def write_marked(path: Path) -> Topics:
    """Write runs of every kind, and return the topics of the one that is partial."""
    with ZosWriter(path) as zos, zos.batch():
        topics = _write_names(zos)
        _write_errors(zos, topics)
        for run_id, hours in ((SUCCESS, 30), (PARTIAL, 3), (OPEN, 0)):
            _write_run(zos, run_id, hours, topics)
        _write_shapes(zos)
    _write_columns_to_come(path)
    return topics


def _write_names(zos: ZosWriter) -> Topics:
    server, user, other, channel = (mark(word) for word in ("1", "2", "3", "4"))
    zos.server(server, mark("server"), created_at=START)
    zos.channel(channel, server, mark("channel"), created_at=START)
    for one in (user, other):
        zos.person(one, server, mark("Ada"), captured_at=START, username=mark("ada"))
    return Topics(
        f"server:{server}:user:{user}",
        f"server:{server}:dyad:{user}:{other}",
        f"server:{server}:channel:{channel}",
        f"server:{server}:subject:{mark('garden')}",
    )


MESSAGES = {
    "429 rate limit": f"Error code: 429 - {{'error': {{'message': '{mark('limit')}'}}}}",
    "database is locked": "(sqlite3.OperationalError) database is locked\n[SQL: {}]",
    "404 not found": f"Error code: 404 - {{'error': {{'message': 'no {mark('model')}'}}}}",
    "KeyError": f"KeyError: '{mark('key')}'",
    "validation of Insight: confidence": (
        "1 validation error for Insight\nconfidence\n"
        f"  Input should be a number [type=float_parsing, input_value='{mark('input')}']"
    ),
    "validation of Insight": (
        f"1 validation error for Insight\n{mark('topics')}\n  Field required [type=missing]"
    ),
    "validation": f"1 validation error for {mark('Reply')}\n{mark('field')}\n  missing",
    "invalid JSON: unterminated string": (
        "Unterminated string starting at: line 3 column 14 (char 92)"
    ),
    "connection refused": f"[Errno 111] Connection refused host='{mark('host')}.example'",
    "timed out": (
        "Traceback (most recent call last):\n"
        f'  File "/srv/{mark("path")}.py", line 3, in {mark("run")}\n    {mark("code")}()\n'
        "TimeoutError"
    ),
    "": f"{mark('He')} said: {mark('nothing')} \x1b[31m{mark('red')}\x1b[0m",
}
"""Messages that hold marks but for one, by what may be told of them; empty for nothing at all."""


def _write_errors(zos: ZosWriter, topics: Topics) -> None:
    """Write a failed run for each message, each with a second one of the same cause."""
    for n, message in enumerate(MESSAGES.values()):
        error = {"topic": topics[n % len(topics)], "error": message, "node": "reflect"}
        again = {**error, "topic": f"user:{mark('5')}"}
        zos.raw_run(
            id=f"run-cause-{n}",
            started_at=NOW - timedelta(days=3, hours=n),
            completed_at=NOW - timedelta(days=3, hours=n) + timedelta(minutes=1),
            status="failed",
            targets_processed=0,
            targets_skipped=2,
            errors=json.dumps([error, again]),
        )


def _write_run(zos: ZosWriter, run_id: str, hours: int, topics: Topics) -> None:
    at = NOW - timedelta(hours=hours, minutes=1)
    ended = run_id != OPEN
    failed = run_id == PARTIAL
    messages = [*MESSAGES.values()]
    errors = [
        {"topic": topics.user, "error": messages[0], "node": "reflect"},
        {"topic": topics.user, "error": messages[-1], "node": "store"},
        {"topic": topics.subject, "error": messages[-1], "node": "store"},
    ]
    zos.raw_run(
        id=run_id,
        started_at=at,
        completed_at=at + timedelta(seconds=40) if ended else None,
        status="partial" if failed else "success" if ended else "dry",
        targets_matched=4,
        errors=json.dumps(errors) if failed else "null",
    )
    for n, topic in enumerate(topics):
        zos.call(
            run_id,
            topic,
            created_at=at + timedelta(seconds=5 * n + 2),
            success=n > 0,
            error=None if n else messages[-1],
            prompt=f"# {mark('prompt')}\n{mark('asks')}",
            response=json.dumps({mark("response"): mark("tells")}),
        )
        zos.insight(
            run_id,
            topic,
            created_at=at + timedelta(seconds=5 * n + 3),
            content=f"{mark('insight')} {'and so on ' * 99}{mark('more')}",
            subject=mark("subject"),
            context_channel=mark("channel"),
            context_thread=mark("thread"),
            open_questions=json.dumps([mark("why")]),
            participants=json.dumps([mark("who")]),
            conflicts_with=json.dumps([mark("what")]),
        )


_SHAPES: dict[str, object] = {
    "string": json.dumps(mark("string")),
    "object": json.dumps({"error": {mark("deep"): [mark("deeper")]}, "topic": mark("topic")}),
    "list": json.dumps([mark("listed"), [mark("nested")], 5, {mark("strange"): mark("value")}]),
    "topic": json.dumps([{"error": mark("e"), "topic": [mark("t")], "node": {mark("n"): 1}}]),
    "rest": json.dumps([{"error": "Error code: 429", "topic": None, mark("more"): mark("rest")}]),
    "garbage": f"[{{ {mark('no')} json",
    "bytes": f"\xff{mark('bytes')}".encode("latin-1"),
    "surrogate": f'["\\udcff{mark("lone")}"]',
    "like-ours": json.dumps([f"{mark('spoof')}\n(3 characters hidden)"]),
}


def _write_shapes(zos: ZosWriter) -> None:
    """Write runs whose errors are no list of what zos writes."""
    for n, (name, errors) in enumerate(_SHAPES.items()):
        at = NOW - timedelta(days=1, minutes=n)
        zos.raw_run(
            id=f"{SHAPES}-{name}",
            started_at=at,
            completed_at=at,
            status="failed",
            errors=errors,
        )


def _write_columns_to_come(path: Path) -> None:
    """Add columns that a newer zos may have."""
    with ZosWriter(path) as zos:
        for table in ("layer_runs", "insights", "llm_calls"):
            zos._connection.execute(f"ALTER TABLE {table} ADD COLUMN note TEXT")
            zos._connection.execute(f"UPDATE {table} SET note = ?", (mark("note"),))
