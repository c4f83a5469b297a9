"""The loaded part of a long list: rows, pages to ask for."""

from __future__ import annotations

import pytest

from tests.tui.driving import NOW
from zos_monitor.model.runs import RunCount, RunKey, RunSlice, RunSummary, Usage
from zos_monitor.model.states import RunState
from zos_monitor.tui.loaded_runs import PAGE, LoadedRuns


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


def some(first: int, count: int, matched: int, version: int = 1) -> RunSlice:
    runs = tuple(run(rank) for rank in range(first, first + count))
    return RunSlice(first=first, runs=runs, matched=matched, total=matched, version=version)


@pytest.fixture
def runs() -> LoadedRuns:
    runs = LoadedRuns()
    runs.load(some(900, 100, matched=1000))
    return runs


def test_what_is_loaded_is_there(runs: LoadedRuns) -> None:
    assert runs.at(900) == run(900)
    assert runs.at(899) is None
    assert runs.at(None) is None
    assert len(runs) == 100


def test_a_page_is_wanted_once_until_the_list_is_loaded_anew(runs: LoadedRuns) -> None:
    assert runs.want([5, PAGE + 1, 950]) == [0, PAGE]
    assert runs.want([6, 950]) == []
    runs.load(some(900, 100, matched=1000))
    assert runs.want([6]) == [0]


def test_pages_that_came_are_not_wanted(runs: LoadedRuns) -> None:
    assert runs.want([6]) == [0]
    assert runs.add(some(0, PAGE, matched=1000), near=range(0, 20))
    assert runs.want([6, PAGE - 1]) == []
    assert runs.at(6) == run(6)


def test_loading_forgets_the_last_state(runs: LoadedRuns) -> None:
    runs.load(some(0, 3, matched=3))
    assert runs.at(900) is None
    assert runs.count.matched == len(runs) == 3


def test_a_page_of_another_version_is_not_taken_in(runs: LoadedRuns) -> None:
    assert not runs.add(some(0, PAGE, matched=1001, version=2), near=range(0, 20))
    assert runs.at(6) is None
    assert runs.count.matched == 1000


def test_a_list_grows_while_it_is_counted(runs: LoadedRuns) -> None:
    assert runs.grow(RunCount(matched=1200, total=5000, counted=False, version=1))
    assert (runs.count.matched, runs.count.counted) == (1200, False)
    assert not runs.grow(RunCount(matched=1300, total=5000, version=2))
    assert runs.count.matched == 1200


def test_a_page_that_was_let_go_is_asked_for_again(runs: LoadedRuns) -> None:
    assert runs.want([6]) == [0]
    runs.unwant(0)
    assert runs.want([6]) == [0]


def test_only_so_many_runs_are_kept_and_those_in_view_stay() -> None:
    runs = LoadedRuns()
    runs.load(some(0, PAGE, matched=100 * PAGE))
    for page in range(1, 100):
        first = page * PAGE
        runs.add(some(first, PAGE, matched=100 * PAGE), near=range(first, first + 20))
        assert runs.at(first) == run(first)
        assert runs.at(first - 1) == run(first - 1)
        assert len(runs) <= 14 * PAGE
