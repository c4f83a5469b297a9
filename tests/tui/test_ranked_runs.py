"""The loaded part of a long list: ranks, rows, pages to ask for."""

from __future__ import annotations

import pytest

from tests.tui.driving import NOW
from zos_monitor.model.runs import RunKey, RunSlice, RunSummary, Usage
from zos_monitor.model.states import RunState
from zos_monitor.tui.ranked_runs import PAGE, RankedRuns


def run(rank: int) -> RunSummary:
    return RunSummary(
        key=RunKey(f"{rank:09}", rank),
        id=str(rank),
        layer_name="layer",
        status="success",
        state=RunState.SUCCESS,
        started_at=NOW,
        completed_at=NOW,
        targets_matched=1,
        targets_processed=1,
        targets_skipped=0,
        insights_created=1,
        error_count=0,
        usage=Usage(),
    )


def some(first: int, count: int, matched: int) -> RunSlice:
    runs = tuple(run(rank) for rank in range(first, first + count))
    return RunSlice(first=first, runs=runs, matched=matched, total=matched)


@pytest.fixture
def runs() -> RankedRuns:
    runs = RankedRuns()
    runs.load(some(900, 100, matched=1000))
    return runs


def test_rows_count_from_the_newest(runs: RankedRuns) -> None:
    assert runs.rank(0) == 999
    assert runs.rank(999) == 0
    assert runs.rank(1000) is None
    assert runs.rank(-1) is None
    assert [runs.row(rank) for rank in (999, 0)] == [0, 999]


def test_what_is_loaded_is_there(runs: RankedRuns) -> None:
    assert runs.at(900) == run(900)
    assert runs.at(899) is None
    assert runs.at(None) is None
    assert len(runs) == 100


def test_a_page_is_wanted_once_until_the_list_is_loaded_anew(runs: RankedRuns) -> None:
    assert runs.want([5, PAGE + 1, 950]) == [0, PAGE]
    assert runs.want([6, 950]) == []
    runs.load(some(900, 100, matched=1000))
    assert runs.want([6]) == [0]


def test_pages_that_came_are_not_wanted(runs: RankedRuns) -> None:
    assert runs.want([6]) == [0]
    runs.add(some(0, PAGE, matched=1000), near=range(0, 20))
    assert runs.want([6, PAGE - 1]) == []
    assert runs.at(6) == run(6)


def test_loading_forgets_the_last_state(runs: RankedRuns) -> None:
    runs.load(some(0, 3, matched=3))
    assert runs.at(900) is None
    assert runs.matched == len(runs) == 3


def test_only_so_many_runs_are_kept_and_those_in_view_stay() -> None:
    runs = RankedRuns()
    runs.load(some(0, PAGE, matched=100 * PAGE))
    for page in range(1, 100):
        first = page * PAGE
        runs.add(some(first, PAGE, matched=100 * PAGE), near=range(first, first + 20))
        assert runs.at(first) == run(first)
        assert runs.at(first - 1) == run(first - 1)
        assert len(runs) <= 14 * PAGE
