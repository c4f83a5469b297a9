"""Every run can be opened, whatever its row holds, and its text is shown literally."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NARROW, NOW, WIDE, Driver, dashboard
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.tui.tab_view import Tab

TRACEBACK = "Traceback (most recent call last):\n" + "\n".join(
    f'\tFile "/opt/zos/layer_{n}.py", line {n}, in run\n\t\tawait call({n})' for n in range(100)
)
ODD_ERRORS: dict[str, object] = {
    "traceback": [{"topic": "t", "error": TRACEBACK, "node": "reflect"}],
    "escapes": [{"topic": "t", "error": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J", "node": "n"}],
    "surrogate": [{"topic": "\udcff", "error": "bad \udcff byte", "node": "\udcfe"}],
    "markup": [{"topic": "[/x]", "error": "[bold]not bold[/] [@click=app.quit]x[/]", "node": "["}],
    "bidi": [{"topic": "t", "error": "a\u202eb\u200bc", "node": "n"}],
    "empty": [{"topic": None, "error": "", "node": None}],
    "wide": [{"topic": "猫" * 90, "error": "猫🦉e\u0301" * 200, "node": "n"}],
    "string": "only a string",
    "number": 5,
    "object": {"error": "alone"},
    "nested": [[["deep"]]],
    "nul": [{"topic": "a\0b", "error": "x\0y", "node": "n"}],
}
LITERAL = {
    "traceback": 'File "/opt/zos/layer_0.py", line 0, in run',
    "escapes": "␛[31mred␛[0m ␛]0;title␇ ⟨9B⟩2J",
    "surrogate": "bad \ufffd byte",
    "markup": "[bold]not bold[/] [@click=app.quit]x[/]",
    "bidi": "a⟨202E⟩b⟨200B⟩c",
    "empty": "(the message is empty)",
    "string": "only a string",
    "object": "alone",
    "nul": "x␀y",
}


@pytest.fixture
def odd(writer: ZosWriter, path: Path) -> Path:
    with writer.batch():
        for n, (name, errors) in enumerate(ODD_ERRORS.items()):
            start = NOW - timedelta(hours=n + 1)
            writer.raw_run(
                id=name,
                layer_name=f"[red]{name}\x1b[2J\n[/]",
                started_at=start,
                completed_at=start + timedelta(seconds=n),
                status="partial",
                errors=json.dumps(errors),
            )
        odd_columns: list[dict[str, object]] = [
            {"errors": "no json [/]"},
            {"errors": None, "model_name": b"\xff\xfe"},
            {"started_at": "yesterday, or so"},
            {"started_at": "", "completed_at": "never"},
            {"completed_at": NOW - timedelta(days=9)},
            {"status": "[/bold]\x1b[5m"},
            {"status": "", "layer_name": ""},
            {"targets_matched": -5, "insights_created": 10**18, "tokens_total": 10**18},
            {"layer_name": "z" * 500 + "🦉" * 50, "layer_hash": "h" * 300},
            {"estimated_cost_usd": "much", "tokens_total": "many"},
        ]
        for n, columns in enumerate(odd_columns):
            start = NOW - timedelta(days=n + 1)
            writer.raw_run(**{"id": f"odd-{n}", "started_at": start, **columns})
    return path


def assert_harmless(driver: Driver) -> None:
    for line in driver.lines():
        assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in line), line


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_odd_rows_open_and_are_shown_literally(odd: Path, size: tuple[int, int]) -> None:
    async with dashboard(odd, size=size) as driver:
        opened: set[str] = set()
        for row in range(driver.dashboard.runs.row_count):
            driver.dashboard.runs.move_to(row)
            await driver.settled()
            assert driver.shown is not None
            opened.add(driver.shown.id)
            literal = LITERAL.get(driver.shown.id, "")
            if size == WIDE:
                for tab in (*Tab, Tab.ERRORS):
                    driver.dashboard.detail.switch(tab)
                    await driver.pilot.pause()
                    assert_harmless(driver)
            elif literal:
                await driver.press("enter", "enter")
                await driver.until(lambda: literal in driver.text())  # noqa: B023
                assert_harmless(driver)
                await driver.press("escape", "escape")
        assert len(opened) == driver.dashboard.runs.row_count == 22


@pytest.mark.parametrize(("size", "nights"), [(WIDE, 14), (NARROW, 4)])
async def test_every_run_of_a_history_opens(path: Path, size: tuple[int, int], nights: int) -> None:
    with ZosWriter(path) as writer:
        write_history(writer, nights=nights, until=NOW)
    async with dashboard(path, size=size) as driver:
        await driver.press("6", "enter")
        opened: set[str] = set()
        for row in range(driver.dashboard.runs.row_count):
            driver.dashboard.runs.move_to(row)
            await driver.settled()
            assert driver.shown is not None
            await driver.until(lambda: driver.dashboard.detail.matter.stored is not None)
            assert driver.shown.id in "".join(driver.told())
            assert len(driver.shown.errors) == driver.shown.error_count
            assert_harmless(driver)
            opened.add(driver.shown.id)
        assert len(opened) == driver.counts[1]


async def test_the_whole_of_a_long_message_can_be_scrolled_to(odd: Path) -> None:
    async with dashboard(odd, filter_text="id:traceback", size=NARROW) as driver:
        await driver.press("enter", "enter", "G")
        await driver.until(lambda: "await call(99)" in driver.text())
