"""Databases of a few runs to drill into: one run with much in it, or with next to nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.bench import build
from zos_monitor.demo import cast
from zos_monitor.demo.mishaps import MISHAPS
from zos_monitor.demo.writer import ZosWriter

VERSION = 1
"""Of what is built: raise it when the rows change, and old files are built anew."""
LAYER, OTHER_LAYER = "nightly-subject-reflection", "channel-speak"
TARGETS = 60
"""How many targets a run has at most."""
CAUSE = "429 rate limit"
"""The cause of one of the errors, as the groups name it."""
LAYER_HASH = "7d20e4b1590acf38"
"""Of that run alone."""
END = "Tell me when you are done."
"""How each prompt ends."""
SUBJECT = "bonfire"
"""How the subject of each target begins."""

_TOPIC = "server:1304928475630592001:subject:"
_SECOND = timedelta(seconds=1)
_TROUBLES = tuple(
    mishap.text.replace("<request>", "req_011CVb3kT9wXoH2mQzrLd7Yp")
    for mishap in MISHAPS
    if mishap.kind in ("rate limit", "overloaded", "timeout", "connection", "validation", "locked")
)
_FRAME = (
    '  File "/srv/venv/lib/python3.12/site-packages/zos/executor.py", line {}, in run_target\n'
    "    outcome = await self.run_node(node, context)\n"
)


class Load(NamedTuple):
    """How much is in the run to drill into; lengths are in characters."""

    name: str
    calls: int
    errors: int
    insights: int
    error_length: int
    response_length: int
    """Of the call that ended first; the others are short."""

    @property
    def targets(self) -> int:
        """How many targets the run has."""
        return min(TARGETS, max(self.calls, self.errors))


PROMPT_LENGTH = 14_000
HEAVY = Load("heavy", 300, 200, 100, 20_000, 1_000_000)
LIGHT = Load("light", 1, 1, 1, 300, 14_000)


def database(load: Load, *, now: datetime, folder: Path | None = None) -> Path:
    """Return a database with such a run as its second newest, building it where none is fresh."""
    stem = f"drilled-{load.name}"
    return build.kept(stem, VERSION, lambda path: write(path, load, now), now=now, folder=folder)


def write(path: Path, load: Load, now: datetime) -> None:
    """Write such a database: a success, the run with the load an hour later, and a plain run."""
    with ZosWriter(path) as zos, zos.batch():
        for age, name in ((timedelta(days=1), LAYER), (timedelta(minutes=30), OTHER_LAYER)):
            at = now - age
            run_id = zos.raw_run(layer_name=name, started_at=at, completed_at=at + 20 * _SECOND)
            zos.call(run_id, "self:zos", created_at=at + 10 * _SECOND)
        _write_load(zos, load, now - timedelta(minutes=90))


def _write_load(zos: ZosWriter, load: Load, at: datetime) -> None:
    topics = [f"{_TOPIC}{SUBJECT}-{number}" for number in range(load.targets)]
    run_id = zos.start_run(
        LAYER, started_at=at, targets_matched=load.targets, layer_hash=LAYER_HASH
    )
    prompt = f"{_repeated(' '.join(cast.PROMPTS), PROMPT_LENGTH)}\n{END}"
    for number in range(load.calls):
        length = load.response_length if not number else 400
        # All but the first one fail as often as there are errors for that.
        good = not 0 < number <= load.errors
        zos.call(
            run_id,
            topics[number % load.targets],
            created_at=at + (number + 1) * _SECOND,
            prompt=prompt,
            response=_response(length),
            success=good,
            error=None if good else _TROUBLES[number % len(_TROUBLES)],
        )
    for number in range(load.insights):
        content = cast.INSIGHTS[number % len(cast.INSIGHTS)]
        ended = at + (number + 2) * _SECOND
        topic = topics[number % load.targets]
        zos.insight(run_id, topic, created_at=ended, content=content, category="subject_reflection")
    ended = at + (load.calls + 2) * _SECOND
    failed = min(load.errors, load.targets)
    zos.finish_run(
        run_id,
        completed_at=ended,
        status="failed",
        processed=load.targets - failed,
        skipped=failed,
        insights=load.insights,
        errors=list(_errors(load, topics)),
    )


def _errors(load: Load, topics: list[str]) -> Iterator[dict[str, object]]:
    for number in range(load.errors):
        trouble = f"RuntimeError: {_TROUBLES[number % len(_TROUBLES)]}"
        head = "Traceback (most recent call last):\n"
        frames, room = "", load.error_length - len(head) - len(trouble)
        while len(frames) < room:
            frames += _FRAME.format(100 + number + len(frames))
        topic = topics[number % len(topics)]
        yield {"topic": topic, "error": f"{head}{frames}{trouble}", "node": "reflect"}


def _response(length: int) -> str:
    """Return JSON of about so many characters."""
    insights: list[dict[str, object]] = []
    left = length
    while left > 0:
        content = cast.INSIGHTS[len(insights) % len(cast.INSIGHTS)]
        insights.append({"number": len(insights), "content": content, "confidence": 0.61})
        left -= len(json.dumps(insights[-1])) + 2
    return json.dumps({"insights": insights})


def _repeated(text: str, length: int) -> str:
    return (f"{text}\n" * (1 + length // len(text)))[:length]
