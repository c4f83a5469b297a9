"""The soak itself, for some seconds: everything in it works, and tells what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.soak import player, report
from tests.soak.calendar import Calendar
from tests.soak.deeds import Hands, all_keys
from tests.soak.figures import Inside, Outside, Sample, growths, waits_of
from tests.soak.report import verdict
from tests.soak.run import DASHBOARD, play
from tests.waiting import PATIENCE

BLOCKS = 400_000


def sample(number: int, *, blocks: int = BLOCKS, cached: int = 0) -> Sample:
    inside = Inside(
        tasks=30,
        timers=2,
        threads=4,
        connections=0,
        objects=80_000,
        blocks=blocks,
        cached=cached,
        widgets=20,
        looks=number,
        refreshes=number,
        waits=waits_of([0.01, 0.02]),
        types={},
    )
    return Sample(number * 10.0, 1.0, Outside(80.0, 70.0, 8, 5), inside)


def test_what_stays_as_it_is_is_flat_and_what_grows_is_not() -> None:
    assert all(one.flat for one in growths([sample(number) for number in range(30)]))
    leaking = [sample(number, blocks=BLOCKS + 1_000 * number) for number in range(30)]
    assert [one.name for one in growths(leaking) if not one.flat] == ["blocks"]
    filling = [
        sample(number, blocks=BLOCKS + 1_000 * number, cached=400 * number) for number in range(30)
    ]
    assert all(one.flat for one in growths(filling))
    assert growths(leaking[:5]) == []


def test_nights_pass_quickly_and_days_more_quickly() -> None:
    calendar = Calendar.read(Calendar(first=1_000_000.0, begun=50.0, night=7.0, day=3.0).written)
    shown = [calendar.at(50.0 + tenth / 10) for tenth in range(400)]
    assert shown == sorted(shown)
    assert (shown[100] - shown[0]).days == 1
    assert calendar.number_at(69.9) == 1


def test_all_keys_but_those_that_leave_are_typed() -> None:
    keys = all_keys()
    assert {b"/", b"x", b"e", b"L", b"T", b"u", b"z", b" ", b"\r", b"\x1b"} <= set(keys)
    assert not {b"q", b"\x10", b"\x11", b"\x03"} & set(keys)
    hands, again = Hands(3), Hands(3)
    deeds = [hands.deed() for _ in range(500)]
    assert deeds == [again.deed() for _ in range(500)]
    assert not any(key == b"q" for deed in deeds for key in deed)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_short_soak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for bound in ("SHOWN_WITHIN", "NOTICED_WITHIN"):  # other tests are going on beside it
        monkeypatch.setattr(player, bound, PATIENCE)
    monkeypatch.setattr(report, "LONGEST_WAIT", PATIENCE * 1000)
    told = play(tmp_path, seconds=3.0, nights=1, seed=5, size=200)
    assert told.failures == [], "\n".join(verdict(told))
    assert told.commits > 0
    assert told.played.keys > 10
    assert told.written > 10_000
    assert len(told.played.samples[DASHBOARD]) == 2
    assert "the newest run was shown 1 times" in "\n".join(verdict(told))
    assert DASHBOARD in capsys.readouterr().out
