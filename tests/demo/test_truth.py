"""The truth of the live demo, against the progress that a monitor makes of calls and insights."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests.conftest import NOW
from zos_monitor.demo.history import write_history
from zos_monitor.demo.mishaps import MISHAPS, Deck
from zos_monitor.demo.stage import Stage
from zos_monitor.demo.steps import End
from zos_monitor.demo.tonight import plan_nights
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.past import LayerPast
from zos_monitor.model.progress import Progress
from zos_monitor.store.database import Database, Reader
from zos_monitor.store.past_queries import Pasts
from zos_monitor.store.progress_queries import OpenRow, progress

NIGHTS = 3
UNSEEN = {mishap.text for mishap in MISHAPS if mishap.unseen}


class Watching:
    """Looks at the run of a step as a monitor does, with the pasts of layers as far as written."""

    def __init__(self, path: Path, writer: ZosWriter) -> None:
        self._database = Database(path)
        self._connection = writer._connection
        self._pasts = Pasts()

    async def progress(self, run_id: str, matched: int) -> Progress:
        sql = "SELECT rowid FROM layer_runs WHERE id = ?"
        [(rowid,)] = self._connection.execute(sql, (run_id,)).fetchall()
        async with self._database.read() as reader:
            pasts = {rowid: self._past(reader, rowid)}
            return (await progress(reader, [OpenRow(rowid, matched)], pasts))[rowid]

    def _past(self, reader: Reader, rowid: int) -> LayerPast:
        return self._pasts.of(self._connection, reader.schema, rowid)


@pytest.mark.parametrize("seed", [5, 6, 7])
async def test_progress_is_within_one_target_of_the_truth(
    path: Path, writer: ZosWriter, seed: int
) -> None:
    write_history(writer, nights=1, until=NOW, seed=seed)
    watching, stage = Watching(path, writer), Stage(writer)
    seen: dict[str, list[Progress]] = {}
    differences: Counter[int] = Counter()
    for step in plan_nights(seed=seed, nights=NIGHTS):
        run_id = stage.play(step, NOW + timedelta(seconds=step.at))
        if run_id is None or step.truth is None or step.truth.finished:
            continue
        found = await watching.progress(run_id, step.truth.matched)
        seen.setdefault(run_id, []).append(found)
        differences[found.done - step.truth.done] += 1
        assert found.errors <= step.truth.failed
        assert found.with_insight <= step.truth.done - step.truth.failed
    assert set(differences) <= {-1, 0, 1}, differences
    assert differences[0] > differences[-1] + differences[1]
    assert len(seen) >= NIGHTS * 6
    assert all(a.done <= b.done for run in seen.values() for a, b in pairwise(run))


def test_a_run_of_tonight_has_one_target_without_a_trace_at_most() -> None:
    steps = [step for seed in range(40) for step in plan_nights(seed=seed, nights=NIGHTS)]
    ends = [step for step in steps if isinstance(step, End)]
    assert {sum(error["error"] in UNSEEN for error in end.errors) for end in ends} == {0, 1}


def test_a_deck_can_pass_over_what_leaves_no_trace() -> None:
    deck = Deck(Random(1))
    dealt = [deck.deal(unseen=False) for _ in range(3 * len(MISHAPS))]
    assert not any(mishap.unseen for mishap in dealt)
    assert {mishap.kind for mishap in dealt} == {m.kind for m in MISHAPS if not m.unseen}
    passed_over = [deck.deal() for _ in range(3)]
    assert all(mishap.unseen for mishap in passed_over)
