"""The outlook: what it asks again and when, and what is left of it when a question fails."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from types import MappingProxyType, SimpleNamespace

import pytest

from tests.tui import nights as made_nights
from tests.tui.driving import NOW, Clock
from tests.tui.made_runs import made_run
from zos_monitor.model.changes import Changed
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.model.nights import Nights, Outcome
from zos_monitor.model.past import LayerPast
from zos_monitor.model.present import OpenRun, Present
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import Activity, RunState
from zos_monitor.tui import outlook
from zos_monitor.tui.outlook import Outlook

MINUTE = timedelta(minutes=1)
FAULT = DatabaseFault(FaultKind.LOCKED, "the database is locked")


@dataclass
class Service:
    """Answers what it is told to, and remembers what it was asked."""

    clock: Clock = field(default_factory=Clock)
    turned: tuple[RunSummary, ...] = ()
    open_runs: tuple[OpenRun, ...] = ()
    told: Nights = field(default_factory=made_nights.sample)
    takes: float = 0
    faulty: set[str] = field(default_factory=set)
    asked: list[object] = field(default_factory=list)

    def _ask(self, question: str, *words: str) -> None:
        self.asked.append((question, *words))
        if question in self.faulty:
            raise FAULT

    async def present(self) -> Present:
        self._ask("present")
        turned, self.turned = self.turned, ()
        return Present(self.open_runs, turned)

    async def nights(self) -> Nights:
        self._ask("nights")
        return self.told

    async def pasts(self) -> Mapping[str, LayerPast]:
        self._ask("pasts")
        return MappingProxyType({"a": LayerPast(runs=1)})


class Seen:
    """An outlook over such a service, and what it has told of."""

    def __init__(self) -> None:
        self.service = Service()
        self.news = self.alarms = 0
        self.outlook = Outlook(
            self.service,  # type: ignore[arg-type]
            on_news=self._count_news,
            on_alarm=self._count_alarms,
        )

    def _count_news(self) -> None:
        self.news += 1

    def _count_alarms(self) -> None:
        self.alarms += 1

    def refresh(self, changed: Changed = Changed.OTHER) -> list[object]:
        """Have it ask again; return what it has asked."""
        self.service.asked.clear()
        asyncio.run(self.outlook.refresh(changed))
        return list(self.service.asked)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    found = Seen()
    ticks = count()
    time = SimpleNamespace(monotonic=lambda: next(ticks) * found.service.takes)
    monkeypatch.setattr(outlook, "time", time)
    return found


def test_it_asks_for_what_may_have_changed(seen: Seen) -> None:
    assert seen.refresh(Changed.OTHER) == [("present",), ("nights",), ("pasts",)]
    assert seen.refresh(Changed.CALLS) == [("present",)]
    assert set(seen.outlook.pasts) == {"a"}
    assert seen.refresh(Changed.NOTHING) == [("present",)]
    assert seen.refresh(Changed.RUNS) == [("present",), ("nights",), ("pasts",)]


def test_pasts_that_are_the_same_are_the_same_object(seen: Seen) -> None:
    """Else all of the list would be rendered anew after each run."""
    seen.refresh(Changed.OTHER)
    before = seen.outlook.pasts
    seen.refresh(Changed.RUNS)
    assert seen.outlook.pasts is before


def test_nights_that_take_long_have_a_rest(seen: Seen) -> None:
    service, known = seen.service, seen.outlook
    service.takes = 2  # so the next ones are asked for in 40 s
    assert ("nights",) in seen.refresh()
    service.clock.now += timedelta(seconds=39)
    assert ("nights",) not in seen.refresh(Changed.RUNS)
    assert known.turns_at == NOW + timedelta(seconds=40)
    assert ("nights",) not in seen.refresh(Changed.NOTHING)
    service.clock.now += timedelta(seconds=1)
    assert ("nights",) in seen.refresh(Changed.NOTHING)
    assert known.turns_at is None


def test_they_rest_no_longer_for_a_clock_that_is_put_back(seen: Seen) -> None:
    seen.service.takes = 2
    seen.refresh()
    seen.service.clock.now -= 60 * MINUTE
    assert ("nights",) in seen.refresh(Changed.RUNS)


def test_they_are_asked_for_when_an_open_run_turns(seen: Seen) -> None:
    for state in (RunState.RUNNING, RunState.STALLED, RunState.RUNNING):
        seen.service.open_runs = (OpenRun(made_run(state), None),)
        assert ("nights",) in seen.refresh(Changed.CALLS)
        assert ("nights",) not in seen.refresh(Changed.CALLS)
    seen.service.open_runs = ()  # interrupted
    assert ("nights",) in seen.refresh(Changed.NOTHING)


def test_they_are_asked_for_when_they_turn(seen: Seen) -> None:
    service = seen.service
    service.told = replace(service.told, turns_at=NOW + MINUTE)
    seen.refresh()
    assert seen.outlook.turns_at == NOW + MINUTE
    service.clock.now += MINUTE - timedelta.resolution
    assert ("nights",) not in seen.refresh(Changed.NOTHING)
    service.clock.now += timedelta.resolution
    assert ("nights",) in seen.refresh(Changed.NOTHING)


def test_it_turns_with_the_first_of_its_open_runs(seen: Seen) -> None:
    turns = (NOW + 3 * MINUTE, None, NOW + 2 * MINUTE)
    seen.service.open_runs = tuple(
        OpenRun(made_run(activity=Activity(RunState.RUNNING, NOW, turn)), None) for turn in turns
    )
    seen.refresh()
    assert seen.outlook.turns_at == NOW + 2 * MINUTE


@pytest.mark.parametrize("question", ["present", "nights", "pasts"])
def test_a_fault_leaves_what_was_known(seen: Seen, question: str) -> None:
    seen.service.open_runs = (OpenRun(made_run(), None),)
    seen.refresh(Changed.OTHER)
    known = seen.outlook
    before = known.open_runs, known.nights, known.pasts
    seen.service.faulty = {question}
    seen.refresh(Changed.OTHER)
    assert (known.open_runs, known.nights, known.pasts) == before
    seen.service.faulty = set()
    seen.refresh(Changed.OTHER)
    assert set(known.pasts) == {"a"}


@pytest.mark.parametrize("question", ["nights", "pasts"])
def test_what_has_turned_is_told_though_the_next_question_fails(seen: Seen, question: str) -> None:
    seen.refresh()
    seen.service.faulty = {question}
    seen.service.turned = (made_run(RunState.FAILED),)
    seen.refresh(Changed.RUNS)
    assert (seen.outlook.attention.words, seen.alarms) == ("1 failed", 1)
    seen.service.faulty = set()
    seen.refresh()
    assert (seen.outlook.attention.words, seen.alarms) == ("1 failed", 1)


def test_it_tells_of_what_is_new_and_only_once(seen: Seen) -> None:
    service, known = seen.service, seen.outlook
    seen.refresh()
    assert (known.attention.words, seen.alarms) == ("", 0)
    service.turned = (made_run(RunState.FAILED), made_run(RunState.PARTIAL, id="other"))
    seen.refresh()
    assert (known.attention.words, seen.alarms) == ("1 failed, 1 partial", 1)
    seen.refresh()
    assert seen.alarms == 1
    service.turned = (made_run(RunState.STALLED, id="third"),)
    seen.refresh()
    assert seen.alarms == 2
    assert known.attention.words == "1 failed, 1 partial, 1 stalled"


def test_a_start_that_is_missed_meanwhile_is_told_of(seen: Seen) -> None:
    service = seen.service
    at = made_nights.at(made_nights.TODAY, 7)
    name = made_nights.NIGHTLY[6]
    seen.refresh()
    assert not seen.outlook.attention  # though some were missed before
    tonight = service.told.nights[0]
    late = made_nights.part(name, made_nights.slot(name, at, Outcome.MISSED))
    layers = tuple(late if part.layer_name == name else part for part in tonight.layers)
    changed = [replace(tonight, layers=layers), *service.told.nights[1:]]
    service.told = replace(service.told, nights=tuple(changed))
    seen.refresh()
    assert seen.outlook.attention.missed == ((name, at),)
    assert (seen.outlook.attention.words, seen.alarms) == ("1 missed", 1)
