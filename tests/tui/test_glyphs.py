"""Which signs a terminal gets, and that ASCII means ASCII everywhere on the screen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.tui.driving import NOW, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.nights import Outcome
from zos_monitor.model.states import RunState
from zos_monitor.tui.glyphs import ASCII, UNICODE, choose


@pytest.mark.parametrize(
    ("environ", "plain"),
    [
        ({}, False),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({"LANG": "C.utf8"}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),  # as Python coerces it
        ({"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, False),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "C"}, False),
    ],
)
def test_the_locale_chooses(environ: dict[str, str], plain: bool) -> None:
    assert choose(plain=False, environ=environ) is (ASCII if plain else UNICODE)
    assert choose(plain=True, environ=environ) is ASCII


def test_each_state_has_a_sign_of_its_own() -> None:
    for glyphs in (ASCII, UNICODE):
        assert set(glyphs.states) == set(RunState)
        assert len(set(glyphs.states.values())) == len(RunState)
    assert all(sign.isascii() for sign in ASCII.states.values())


def test_each_outcome_has_a_sign_of_its_own_and_a_state_the_same_everywhere() -> None:
    for glyphs in (ASCII, UNICODE):
        signs = {outcome: glyphs.sign(outcome) for outcome in Outcome}
        assert len(set(signs.values())) == len(Outcome)
        assert all(cell_len(sign) == 1 for sign in signs.values())
        assert all(signs[Outcome(state)] == glyphs.states[state] for state in RunState)
    assert all(ASCII.sign(outcome).isascii() for outcome in Outcome)
    assert UNICODE.outcome(Outcome.MISSED) == "○ missed"


async def test_nothing_but_ascii_is_on_the_screen(writer: ZosWriter, path: Path) -> None:
    writer.raw_run(
        id="wide",
        layer_name="猫 nächtlich \x1b[2J",
        started_at=NOW - timedelta(hours=1),
        completed_at=None,
        estimated_cost_usd=None,
        errors=json.dumps([{"topic": "server:1:emoji:👀", "error": "a—b\u202e", "node": "…"}]),
    )
    async with dashboard(path, glyphs=ASCII) as driver:
        for keys in ((), ("question_mark",), ("escape", "s"), ("escape", "slash")):
            await driver.press(*keys)
            await driver.pilot.pause()
            assert driver.text().isascii()
            assert all(len(line) == 120 for line in driver.lines())
        assert "a-b<202E>" in driver.text()
