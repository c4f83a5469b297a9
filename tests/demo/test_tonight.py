from __future__ import annotations

from itertools import islice, pairwise
from random import Random

import pytest

from zos_monitor.demo import layers
from zos_monitor.demo.mishaps import BAD_KEY, MISHAPS, Deck
from zos_monitor.demo.script import Manner, plan_run
from zos_monitor.demo.steps import Begin, Call, End, Insight, RunPlan, Step
from zos_monitor.demo.tonight import PACE, PAUSE, plan_night, plan_nights

SEEDS = range(5)


def nights(seed: int) -> list[RunPlan]:
    return plan_night(0, at=0, rng=Random(seed)) + plan_night(1, at=500, rng=Random(seed + 100))


def steps_of(run: RunPlan, kind: type[Step]) -> list[Step]:
    return [step for step in run.steps if isinstance(step, kind)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_truth_only_grows_and_stays_within_bounds(seed: int) -> None:
    for run in nights(seed):
        truths = [step.truth for step in run.steps if step.truth is not None]
        assert len(truths) == len(run.steps)
        assert all(0 <= truth.failed <= truth.done <= truth.matched for truth in truths)
        assert {truth.matched for truth in truths} == {len(run.targets)}
        for before, after in pairwise(truths):
            assert before.done <= after.done
            assert before.failed <= after.failed
        assert (truths[0].done, truths[-1].done) == (0, len(run.targets))
        assert [truth.finished for truth in truths] == [False] * (len(truths) - 1) + [True]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_begins_calls_and_ends_in_order(seed: int) -> None:
    for run in nights(seed):
        assert isinstance(run.steps[0], Begin)
        assert isinstance(run.steps[-1], End)
        assert len(steps_of(run, Begin)) == len(steps_of(run, End)) == 1
        assert all(before.at < after.at for before, after in pairwise(run.steps))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_end_sums_up_what_happened(seed: int) -> None:
    for run in nights(seed):
        end = run.steps[-1]
        assert isinstance(end, End)
        assert end.truth is not None
        assert end.processed + end.skipped == len(run.targets)
        assert end.skipped == len(end.errors) == end.truth.failed
        if run.layer.category is not None:
            assert end.insights == end.processed == len(steps_of(run, Insight))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_night_is_quick_but_realistic(seed: int) -> None:
    runs = plan_night(0, at=0, rng=Random(seed))
    first = min(runs, key=lambda run: run.starts)
    calls = [step.at for step in first.steps if isinstance(step, Call)]
    assert first.starts < 0.5
    assert min(calls) < 2
    at_three = [run for run in runs if run.layer in layers.AT_NIGHT]
    assert max(run.starts for run in at_three) < min(run.ends for run in at_three)
    for run in at_three:
        if 9 <= len(run.targets) <= 15:
            assert 20 <= run.ends - run.starts <= 60
    [subjects] = [run for run in runs if run.layer is layers.SUBJECTS]
    assert subjects.starts > max(run.ends for run in at_three)
    assert any(run.layer in layers.BY_DAY for run in runs)


def test_some_targets_fail_but_not_all() -> None:
    ends = [run.steps[-1] for seed in SEEDS for run in nights(seed)]
    statuses = {end.status for end in ends if isinstance(end, End)}
    assert {"success", "partial"} <= statuses


def test_truth_can_be_asked_for_any_time() -> None:
    run = plan_night(0, at=10, rng=Random(1))[0]
    assert run.truth_at(10) is None
    assert run.truth_at(run.starts) == run.steps[0].truth
    half = run.truth_at((run.starts + run.ends) / 2)
    assert half is not None
    assert 0 < half.done < half.matched
    assert run.truth_at(run.ends + 1) == run.steps[-1].truth


def test_nights_follow_each_other_with_a_pause() -> None:
    steps = list(plan_nights(seed=3, nights=2))
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    begins = [step for step in steps if isinstance(step, Begin)]
    second = [step for step in begins if step.run is not None and step.run >= 100]
    ends = [step.at for step in steps if isinstance(step, End) and (step.run or 0) < 100]
    assert len({step.run for step in begins}) == len(begins)
    assert second[0].at - max(ends) == pytest.approx(PAUSE, abs=1)
    assert any(max(ends) < step.at < second[0].at and step.run is None for step in steps)


def test_the_same_seed_plans_the_same_nights_without_end() -> None:
    one = list(plan_nights(seed=3, nights=2))
    assert list(islice(plan_nights(seed=3, nights=None), len(one))) == one
    assert list(plan_nights(seed=4, nights=1)) != list(plan_nights(seed=3, nights=1))


def test_a_run_can_fail_altogether_or_find_nothing() -> None:
    rng = Random(1)
    deck = Deck(rng)
    bad = Manner(PACE, deck, always=BAD_KEY)
    end = plan_run(layers.USERS, number=0, at=0, rng=rng, manner=bad).steps[-1]
    assert isinstance(end, End)
    assert (end.status, end.processed, end.model, end.cost) == ("failed", 0, None, 0)
    quiet = plan_run(layers.EMOJI, number=0, at=0, rng=rng, manner=Manner(PACE, deck, quiet=True))
    begin, end = quiet.steps
    assert isinstance(begin, Begin)
    assert isinstance(end, End)
    assert (end.status, end.processed, end.insights) == ("dry", begin.matched, 0)


def test_a_deck_deals_every_kind_before_any_comes_again() -> None:
    deck = Deck(Random(1))
    assert {deck.deal().kind for _ in MISHAPS} == {mishap.kind for mishap in MISHAPS}
