"""Frames through the quiet driver, with the real dashboard on a real terminal."""

from __future__ import annotations

import os
import random
import re
import signal
from codecs import getincrementaldecoder
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.screens import TerminalScreen, differences
from tests.tui.driving import NOW, WIDE
from tests.tui.quiet_terminal import QuietTerminal, quiet_terminal
from zos_monitor.demo.writer import ZosWriter

MOVES = ["j", "j", "j", "k", "k", "pagedown", "pagedown", "pageup", "G", "g"]
KEYS = [*MOVES, "tab", "z", "L", "s", "l", "t", "question_mark", "escape", "escape", "F", "r"]
SIZES = [WIDE, (80, 24), (100, 30), (131, 43), (60, 15), (40, 10)]
NAMES = ["nightly-reflection", "夜の振り返り", "한국어-layer", "été-жизнь-…", "owl-🦉-night"]
SYNCHRONIZED = re.compile(b"(?:\x1b\\[\\?2026h[^\\0]+?\x1b\\[\\?2026l)*")


@pytest.fixture
async def terminal(history: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[QuietTerminal]:
    async with quiet_terminal(history, monkeypatch) as terminal:
        yield terminal


def repaint(terminal: QuietTerminal) -> None:
    terminal.driver.app.screen.refresh()


async def shown_alone(terminal: QuietTerminal, before: int) -> None:
    """Wait until what was written since then shows all on a terminal that has seen no more."""
    screen, seen = TerminalScreen(*WIDE), before
    decode = getincrementaldecoder("utf-8")().decode

    def is_whole() -> bool:
        nonlocal seen
        screen.feed(decode(terminal.written[seen:]))
        seen = len(terminal.written)
        return not differences(screen, terminal.given)

    await terminal.until(is_whole)


@pytest.mark.parametrize("seed", range(4))
async def test_keys_changes_and_sizes_leave_what_textual_draws(
    terminal: QuietTerminal, history: Path, seed: int
) -> None:
    chance = random.Random(seed)
    with ZosWriter(history) as zos:
        for _ in range(16):
            match chance.randrange(8):
                case 0:
                    await terminal.resize(*chance.choice(SIZES))
                case 1:
                    started_at = NOW - timedelta(seconds=chance.randrange(10**6))
                    zos.raw_run(layer_name=chance.choice(NAMES), started_at=started_at)
                case _:
                    await terminal.driver.press(*chance.choices(KEYS, k=chance.randint(1, 3)))
            await terminal.same()
    await terminal.driver.settled()
    await terminal.same()


async def test_a_frame_without_a_difference_sends_nothing(terminal: QuietTerminal) -> None:
    assert await terminal.sent_by(lambda: repaint(terminal)) == b""


async def test_a_cursor_move_sends_a_part_of_what_textual_draws(terminal: QuietTerminal) -> None:
    given = terminal.quiet.given_bytes
    sent = await terminal.sent_by(lambda: terminal.type(b"j"))
    assert 0 < len(sent) <= 0.6 * (terminal.quiet.given_bytes - given)


async def test_the_whole_screen_is_sent_again(terminal: QuietTerminal) -> None:
    def stop() -> None:
        terminal.quiet.suspend_application_mode()
        terminal.quiet.resume_application_mode()

    deeds: list[Callable[[], object]] = [
        lambda: terminal.type(b"r"),
        # Another size and back, before anybody looks.
        lambda: terminal.quiet._resized(terminal.driver.app.size),
        lambda: os.kill(os.getpid(), signal.SIGWINCH),
        stop,
    ]
    for deed in deeds:
        await terminal.same()
        before = len(terminal.written)
        deed()
        await shown_alone(terminal, before)


async def test_what_changes_while_suspended_is_sent_on_return(terminal: QuietTerminal) -> None:
    terminal.quiet.suspend_application_mode()
    terminal.read()
    before = len(terminal.written)
    given = terminal.quiet.given_bytes
    await terminal.driver.press("j")
    await terminal.until(lambda: terminal.quiet.given_bytes > given)
    assert len(terminal.written) == before
    terminal.quiet.resume_application_mode()
    await shown_alone(terminal, before)


async def test_what_is_not_understood_passes_in_its_order(terminal: QuietTerminal) -> None:
    before = len(terminal.written)
    with terminal.quiet._lock:  # so that nothing is sent until all is there
        terminal.quiet.write("\x1b[5;5Hframe\x1b[1;1H")
        terminal.quiet.write("\x1b[5;5Hover\x1b[K\x1b[0m")
    await terminal.same()
    await terminal.until(lambda: terminal.written.endswith(b"\x1b[5;5Hover\x1b[K\x1b[0m"))
    assert b"frame" in terminal.written[before:]
    assert terminal.shown.lines[4].endswith("over")
    await terminal.sent_by(lambda: repaint(terminal))
    assert "over" not in terminal.shown.lines[4]


async def test_what_draws_nothing_passes_and_nothing_is_forgotten(terminal: QuietTerminal) -> None:
    for sent in (b"\x07", b"\x1b]52;c;QQ==\x07", b"\x1b]22;pointer\x07", b"\x1b[?25h"):
        before = len(terminal.written)
        terminal.quiet.write(sent.decode())
        await terminal.until(lambda before=before: len(terminal.written) > before)  # type: ignore[misc]
        assert terminal.written[before:] == sent
        assert await terminal.sent_by(lambda: repaint(terminal)) == b"", sent


async def test_frames_are_synchronized_where_the_terminal_can(terminal: QuietTerminal) -> None:
    assert b"\x1b[?2026h" not in terminal.written
    terminal.type(b"\x1b[?2026;2$y")
    await terminal.until(lambda: terminal.driver.app._sync_available)
    sent = await terminal.sent_by(lambda: terminal.type(b"j"))
    assert sent.startswith(b"\x1b[?2026h")
    assert SYNCHRONIZED.fullmatch(sent)
    assert await terminal.sent_by(lambda: repaint(terminal)) == b""


async def test_a_terminal_that_stops_reading_misses_frames_and_delays_no_key(
    terminal: QuietTerminal,
) -> None:
    before = len(terminal.written)
    terminal.type(b"r")
    await shown_alone(terminal, before)
    whole, before = len(terminal.written) - before, len(terminal.written)
    for _ in range(20):  # and nothing is read meanwhile
        await terminal.driver.press("j", "r")
    assert terminal.driver.dashboard.runs.cursor_row == 20
    await terminal.same()
    assert 0 < len(terminal.written) - before < 6 * whole
