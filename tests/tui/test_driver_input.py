"""What the terminal sends, read by a thread that sleeps until it does."""

from __future__ import annotations

import selectors
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Size

from tests.tui.quiet_terminal import QuietTerminal, quiet_terminal

PAUSES: list[float | None] = []


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """Return the time limits that the input thread has waited with."""
    PAUSES.clear()

    class Watched(selectors.SelectSelector):
        def select(self, timeout: float | None = None) -> list[Any]:
            PAUSES.append(timeout)
            return super().select(timeout)

    monkeypatch.setattr(selectors, "SelectSelector", Watched)
    return PAUSES


@pytest.fixture
async def terminal(
    pauses: list[float | None], history: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[QuietTerminal]:
    async with quiet_terminal(history, monkeypatch) as terminal:
        yield terminal


def row(terminal: QuietTerminal) -> int | None:
    return terminal.driver.dashboard.runs.cursor_row


async def test_nobody_wakes_while_nothing_is_typed(
    terminal: QuietTerminal, pauses: list[float | None]
) -> None:
    assert pauses == [None]
    terminal.type(b"jjj")
    await terminal.until(lambda: row(terminal) == 3)
    assert set(pauses) == {None}


async def test_a_lone_escape_is_one_after_a_moment(
    terminal: QuietTerminal, pauses: list[float | None]
) -> None:
    terminal.type(b"z")
    await terminal.until(lambda: terminal.driver.dashboard._zoomed)
    terminal.type(b"\x1b")
    await terminal.until(lambda: not terminal.driver.dashboard._zoomed)
    await terminal.until(lambda: pauses[-1] is None)
    limits = [pause for pause in pauses if pause is not None]
    assert limits != []
    assert max(limits) < 0.2


async def test_a_sequence_may_come_in_pieces(terminal: QuietTerminal) -> None:
    reads = len(PAUSES)
    terminal.type(b"\x1b[")
    await terminal.until(lambda: len(PAUSES) > reads)
    terminal.type(b"B")
    await terminal.until(lambda: row(terminal) == 1)


async def test_letters_may_come_in_pieces_and_other_bytes_do_no_harm(
    terminal: QuietTerminal,
) -> None:
    line = terminal.driver.dashboard.filter_bar.line
    terminal.type(b"/")
    await terminal.until(lambda: line.has_focus)
    for piece in ("é".encode()[:1], "é".encode()[1:], b"\xff", b"x"):
        reads = len(PAUSES)
        terminal.type(piece)
        await terminal.until(lambda reads=reads: len(PAUSES) > reads)  # type: ignore[misc]
    await terminal.until(lambda: line.value == "é\ufffdx")


async def test_what_is_pasted_comes_as_one(terminal: QuietTerminal) -> None:
    line = terminal.driver.dashboard.filter_bar.line
    terminal.type(b"/")
    await terminal.until(lambda: line.has_focus)
    terminal.type(b"\x1b[200~topic:Ada q\x1b[201~")
    await terminal.until(lambda: line.value == "topic:Ada q")


async def test_the_mouse_selects(terminal: QuietTerminal) -> None:
    region = terminal.driver.dashboard.runs.content_region
    x, y = region.x + 5, region.y + 1 + 4
    terminal.type(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m".encode())
    await terminal.until(lambda: row(terminal) == 4)


async def test_a_terminal_may_tell_its_size_among_the_keys(terminal: QuietTerminal) -> None:
    terminal.type(b"\x1b[?2048;2$y")
    await terminal.until(lambda: b"\x1b[?2048h" in terminal.written)
    before = len(terminal.written)
    terminal.given.resize(100, 30)
    terminal.shown.resize(100, 30)
    terminal.type(b"\x1b[48;30;100;600;1000t")
    await terminal.until(lambda: terminal.driver.app.screen.size == Size(100, 30))
    await terminal.same()
    signal.raise_signal(signal.SIGWINCH)  # which then says nothing that is not known
    await terminal.same()
    assert terminal.driver.app.size == Size(100, 30)
    assert len(terminal.written) > before


async def test_reading_ends_at_once(terminal: QuietTerminal) -> None:
    thread = terminal.quiet._key_thread
    assert thread is not None
    terminal.quiet.disable_input()
    assert not thread.is_alive()
    assert PAUSES == [None]
    terminal.quiet.disable_input()  # as the app does when it ends
