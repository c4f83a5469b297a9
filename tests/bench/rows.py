"""The rows of a history by the million: runs, their calls and their insights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.bench.instants import SECOND, Stamps, Ulids
from tests.bench.starts import Start, starts
from zos_monitor.demo import cast, layers
from zos_monitor.demo.mishaps import MISHAPS, error_text

RUN = 18
CALL = 17
INSIGHT = (
    *("id", "topic_key", "category", "content", "sources_scope_max", "created_at"),
    *("layer_run_id", "quarantined", "salience_spent", "strength_adjustment", "strength"),
    *("original_topic_salience", "confidence", "importance", "novelty"),
    *("valence_curiosity", "valence_warmth", "open_questions", "participants"),
    *("conflicts_with", "synthesis_source_ids"),
)
"""How many columns a run and a call have, and the columns that are set of an insight."""
PROMPT = " ".join((*cast.PROMPTS, cast.MESSAGES[0]))[:200]
"""Real prompts have some 14 kB: these are short, so that a million runs fit on a disk."""
OPEN = 6
"""How many of the latest runs were left open by a zos that was killed."""
OPEN_BEFORE = 40
"""They are among the runs before the last so many: each layer of theirs has run again since, so
they count as interrupted, and no figure on the screen counts their seconds."""

Row = tuple[object, ...]


@dataclass(slots=True)
class Chunk:
    """Rows in the order in which zos would have written them, table by table."""

    runs: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    insights: list[Row] = field(default_factory=list)


class History:
    """Makes the rows of ``runs`` runs up to ``until`` (microseconds since 1970).

    About 70 % of them are successes, 15 % dry, 8 % partial, 6.9 % failed; a few have a status that
    no one knows, a few of the latest are open. The same figures and seed give the same rows.
    """

    def __init__(self, runs: int, until: int, seed: int = 7) -> None:
        self._count = runs
        self._until = until
        self._rng = rng = Random(f"{seed}:{runs}:{until}")
        self._stamp = Stamps()
        self._ulid = Ulids(rng)
        self._topics = {
            layer.name: [key for key in cast.topics(layer.kind, _most(layer), rng) if key.isascii()]
            for layer in layers.ALL
        }
        mishaps = [mishap for mishap in MISHAPS if mishap.kind != "traceback"] * 8
        tracebacks = [mishap for mishap in MISHAPS if mishap.kind == "traceback"]
        self._errors = [error_text(mishap, rng) for mishap in mishaps * 4 + tracebacks]
        self._json = [json.dumps(text) for text in self._errors]

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield all rows, so many runs at a time."""
        chunk = Chunk()
        for number, start in enumerate(starts(self._count, self._until, self._rng), 1):
            self._add(number, start, chunk)
            if len(chunk.runs) == size or number == self._count:
                # A call is written when it ends, so those of several runs are mixed.
                chunk.calls.sort(key=_written)
                yield chunk
                chunk = Chunk()

    def _status(self, number: int, layer: layers.Layer) -> str:
        draw = self._rng.random()
        if draw < 0.70 or number == self._count:
            return "success"
        if draw < 0.85:
            return "dry"
        if draw < 0.93:
            return "failed" if layer.kind == "self" else "partial"
        return "failed" if draw < 0.9999 else "cancelled"

    def _add(self, number: int, start: Start, chunk: Chunk) -> None:
        rng, layer = self._rng, start.layer
        before_last = self._count - OPEN_BEFORE
        left_open = before_last - OPEN < number <= before_last and layer in layers.BY_DAY
        status = self._status(number, layer)
        run_id = self._ulid(start.at)
        matched = 2 if status == "partial" else min(len(self._topics[layer.name]), _targets(rng))
        seconds = 4 + 40 * rng.random() ** 4 + (90 * rng.random() if layer.schedule else 0)
        ends = start.at + round(seconds * SECOND)
        skipped = {"failed": matched, "partial": 1}.get(status, 0)
        topics = [rng.choice(self._topics[layer.name]) for _ in range(matched)]
        tokens_in, tokens_out, cost = self._calls(run_id, start, ends, topics, skipped, chunk)
        insights = 0 if status == "dry" else matched - skipped
        if layer.category and not left_open:
            for topic in topics[skipped:] if insights else ():
                chunk.insights.append(self._insight(run_id, layer.category, topic, ends))
        end: Row = (self._stamp(ends), status, matched, matched - skipped, skipped, insights)
        model = layer.row_model
        total: Row = (tokens_in, tokens_out, tokens_in + tokens_out, cost)
        if left_open:
            end, model, total = (None, "dry", matched, 0, 0, 0), None, (None, None, None, None)
        named = (model.provider, model.name) if model else (None, None)
        errors = "null" if left_open or not skipped else self._errors_of(layer, topics[:skipped])
        begun = (run_id, layer.name, layer.layer_hash, self._stamp(start.at))
        chunk.runs.append((*begun, *end, layer.profile, *named, *total, errors))

    def _errors_of(self, layer: layers.Layer, topics: list[str]) -> str:
        told = (
            f'{{"topic": "{topic}", "error": {self._rng.choice(self._json)},'
            f' "node": "{layer.node}"}}'
            for topic in topics
        )
        return f"[{', '.join(told)}]"

    def _calls(
        self, run_id: str, start: Start, ends: int, topics: list[str], bad: int, chunk: Chunk
    ) -> tuple[int, int, float]:
        """Add two or three calls, which end one after another before the run does."""
        rng, kinds = self._rng, start.layer.calls
        count = 2 if rng.random() < 0.4 else 3
        sum_in, sum_out, sum_cost = 0, 0, 0.0
        step = (ends - start.at) // (count + 1)
        at = start.at
        for number in range(count):
            call_type, model = kinds[number % len(kinds)]
            topic = topics[number % len(topics)]
            good = number % len(topics) >= bad
            tokens_in = round(start.layer.tokens * (0.6 + 0.8 * rng.random()))
            tokens_out = 60 + round(300 * rng.random()) if good else 0
            cost = model.cost(tokens_in, tokens_out)
            at += step
            answer = f"Here is my reflection. {rng.choice(cast.INSIGHTS)}" if good else None
            error = None if good else rng.choice(self._errors)[:300]
            if error is not None and not error.isascii():
                error = error.encode("ascii", "replace").decode()
            chunk.calls.append(
                (
                    *(self._ulid(at), run_id, topic, call_type),
                    *(model.profile, model.provider, model.name, PROMPT, answer),
                    *(tokens_in, tokens_out, tokens_in + tokens_out, cost, step // 1000),
                    *(good, error, self._stamp(at)),
                )
            )
            sum_in, sum_out = sum_in + tokens_in, sum_out + tokens_out
            # zos leaves what failed out of the row.
            sum_cost += cost if good else 0.0
        return sum_in, sum_out, sum_cost

    def _insight(self, run_id: str, category: str, topic: str, at: int) -> Row:
        rng = self._rng
        rest = (4.0, 1.7, 5.0, 36.0, 0.6, rng.random(), 0.4, 0.6, 0.5)
        id_, text = self._ulid(at), rng.choice(cast.INSIGHTS)
        first = (id_, topic, category, text, "public", self._stamp(at), run_id, False)
        return (*first, *rest, "null", "null", "null", "null")


def _written(call: Row) -> str:
    return str(call[-1])


def _targets(rng: Random) -> int:
    return 2 + (rng.random() < 0.3)


def _most(layer: layers.Layer) -> int:
    return {"dyad": 60, "self": 1, "dm": 24}.get(layer.kind, 24)
