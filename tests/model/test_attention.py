"""What asks for attention: its words, its order, and what becomes of it once it is seen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zos_monitor.model.attention import Attention, Start, newly_missed
from zos_monitor.model.nights import LayerNight, Night, Nights, Outcome, Slot
from zos_monitor.model.runs import RunKey, RunSummary, Usage
from zos_monitor.model.states import RunState

THREE = datetime(2026, 11, 21, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
FAILED, PARTIAL, STALLED = RunState.FAILED, RunState.PARTIAL, RunState.STALLED
MISSED, DUE, TO_COME = Outcome.MISSED, Outcome.DUE, Outcome.TO_COME


def run(run_id: str, state: RunState) -> RunSummary:
    return RunSummary(
        key=RunKey(None, 1),
        id=run_id,
        layer_name="a",
        status="",
        state=state,
        started_at=None,
        completed_at=None,
        targets_matched=None,
        targets_processed=None,
        targets_skipped=None,
        insights_created=None,
        error_count=0,
        usage=Usage(),
    )


def runs(*states: RunState) -> Attention:
    return Attention().with_runs(run(f"run-{number}", one) for number, one in enumerate(states))


def nights(*outcomes: dict[str, Outcome]) -> Nights:
    """Return nights from their layers' outcomes, newest first; each layer is due at three."""
    return Nights(
        zone_name="UTC",
        layers=(),
        nights=tuple(
            Night(
                date=date(2026, 11, 21) - timedelta(days=back),
                since=THREE - 15 * HOUR,
                until=THREE + 9 * HOUR,
                layers=tuple(
                    LayerNight(
                        layer_name=name,
                        outcome=outcome,
                        slots=(
                            Slot(layer_name=name, due_at=THREE - back * 24 * HOUR, outcome=outcome),
                        ),
                        off_schedule=(),
                    )
                    for name, outcome in layers.items()
                ),
            )
            for back, layers in enumerate(outcomes)
        ),
    )


@pytest.mark.parametrize(
    ("attention", "words"),
    [
        (Attention(), ""),
        (runs(FAILED), "1 failed"),
        (runs(STALLED, PARTIAL, FAILED, FAILED), "2 failed, 1 partial, 1 stalled"),
        (runs(STALLED, STALLED), "2 stalled"),
        (Attention().with_missed([Start("a", THREE)]), "1 missed"),
        (
            runs(PARTIAL).with_missed([Start("a", THREE), Start("b", THREE)]),
            "1 partial, 2 missed",
        ),
        (runs(*[FAILED] * 1_200), "1,200 failed"),
    ],
)
def test_it_says_how_many_of_each_there_are(attention: Attention, words: str) -> None:
    assert attention.words == words
    assert bool(attention) == bool(words)


def test_the_run_that_has_waited_longest_comes_next() -> None:
    attention = Attention()
    assert attention.next_run is None
    for run_id, state in (("one", STALLED), ("two", FAILED), ("one", FAILED), ("three", PARTIAL)):
        attention = attention.with_runs([run(run_id, state)])
    assert dict(attention.runs) == {"one": FAILED, "two": FAILED, "three": PARTIAL}
    seen = []
    while attention.next_run is not None:
        seen.append(attention.next_run)
        attention = attention.seen_run(attention.next_run)
    assert seen == ["one", "two", "three"]
    assert not attention


def test_what_is_seen_asks_no_more() -> None:
    attention = runs(FAILED, STALLED).with_missed([Start("a", THREE)])
    assert attention.seen_run("run-0").words == "1 stalled, 1 missed"
    assert attention.seen_run("another") == attention
    assert attention.seen_missed().words == "1 failed, 1 stalled"
    assert attention.words == "1 failed, 1 stalled, 1 missed"
    again = attention.seen_run("run-1").with_runs([run("run-1", FAILED)])
    assert list(again.runs) == ["run-0", "run-1"]


def test_a_start_is_missed_once() -> None:
    one, other = Start("a", THREE), Start("a", THREE + HOUR)
    attention = Attention().with_missed([one]).with_missed([other, one]).with_missed([])
    assert attention.missed == (one, other)


def test_nothing_is_newly_missed_at_the_first_look() -> None:
    assert newly_missed(None, nights({"a": MISSED})) == ()


@pytest.mark.parametrize("before", list(Outcome))
@pytest.mark.parametrize("after", list(Outcome))
def test_a_start_that_was_awaited_is_newly_missed(before: Outcome, after: Outcome) -> None:
    found = newly_missed(nights({"a": before}), nights({"a": after}))
    news = before in (TO_COME, DUE) and after is MISSED
    assert found == ((Start("a", THREE),) if news else ())


def test_newly_missed_starts_are_in_order_of_time_and_name() -> None:
    names = [f"layer-{number}" for number in range(9)]
    before = nights(dict.fromkeys(names, TO_COME), dict.fromkeys(names, DUE))
    after = nights(dict.fromkeys(names, MISSED), dict.fromkeys(names, MISSED))
    found = newly_missed(before, after)
    assert found == tuple(Start(name, due) for due in (THREE - 24 * HOUR, THREE) for name in names)


def test_a_start_that_was_not_known_is_no_news() -> None:
    before = nights({"a": TO_COME})
    after = nights({"a": TO_COME, "b": MISSED}, {"a": MISSED})
    assert newly_missed(before, after) == ()
