from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path
from typing import Any, cast

import pytest

from tests.tui.quiet_terminal import quiet_terminal
from zos_monitor.tui.clipboard import MOST_BYTES, SCREEN_BYTES, copy, osc52
from zos_monitor.tui.driver import _NOT_DRAWN
from zos_monitor.tui.tab_view import Copied

TMUX = {"TMUX": "/tmp/tmux-1000/default,2,0", "TERM": "tmux-256color"}
SCREEN = {"STY": "7.pts-0.host", "TERM": "screen"}
PLAIN = {"TERM": "xterm-256color"}
HI = "\x1b]52;c;aGk=\x07"
LONG = "naïve 静か " * 900


@pytest.mark.parametrize(
    ("environ", "sent"),
    [
        ({}, HI),
        (PLAIN, HI),
        (TMUX, f"{HI}\x1bPtmux;\x1b{HI}\x1b\\"),
        ({"TERM": "tmux-256color"}, f"{HI}\x1bPtmux;\x1b{HI}\x1b\\"),
        ({"TMUX": "/tmp/t,1,0", "TERM": "screen-256color"}, f"{HI}\x1bPtmux;\x1b{HI}\x1b\\"),
        (SCREEN, f"\x1bP{HI}\x1b\\"),
        (SCREEN | {"TMUX": ""}, f"\x1bP{HI}\x1b\\"),
        ({"TERM": "screen.xterm-256color"}, f"{HI}\x1bP{HI}\x1b\\"),
    ],
)
def test_what_is_sent_where(environ: dict[str, str], sent: str) -> None:
    assert osc52("hi", environ) == sent


def passed_on(sequence: str) -> str:
    """Return what GNU screen passes on."""
    pieces = re.findall("\x1bP(.*?)\x1b\\\\", sequence, re.DOTALL)
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == sequence
    assert all(len(piece) < SCREEN_BYTES for piece in pieces)
    return "".join(pieces)


def taken(sequence: str) -> str:
    """Return what the terminal has in its clipboard then."""
    match = re.fullmatch("\x1b\\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert match is not None, sequence
    return b64decode(match[1], validate=True).decode()


TEXTS = {"none": "", "odd": "a\0b\x1b[31m\n\x07", "long": LONG, "longest": "x" * MOST_BYTES}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_text_arrives_as_it_is(text: str) -> None:
    assert taken(osc52(text, PLAIN)) == text
    assert taken(passed_on(osc52(text, SCREEN))) == text
    plain, wrapped = osc52(text, TMUX).split("\x1bPtmux;")
    assert taken(plain) == text
    assert wrapped.endswith("\x1b\\")
    assert taken(wrapped.removesuffix("\x1b\\").replace("\x1b\x1b", "\x1b")) == text


def test_a_long_text_never_spills_where_screen_may_be() -> None:
    assert taken(passed_on(osc52(LONG, {"TERM": "screen"}))) == LONG


def test_a_lone_surrogate_is_replaced() -> None:
    assert taken(osc52("a\udcffb", PLAIN)) == "a\ufffdb"


@pytest.mark.parametrize("environ", [PLAIN, TMUX, SCREEN, {"TERM": "screen"}])
def test_the_driver_knows_that_it_draws_nothing(environ: dict[str, str]) -> None:
    for text in ("hi", LONG):
        assert _NOT_DRAWN.fullmatch(osc52(text, environ))
    assert not _NOT_DRAWN.fullmatch(osc52("hi", environ) + "text")


class FakeApp:
    """An app whose driver keeps what is written."""

    def __init__(self) -> None:
        self._driver = self
        self.written = ""

    def write(self, data: str) -> None:
        self.written += data

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(
    ("copied", "said"),
    [
        (Copied("the run's id", "01M2Z"), "Copied the run's id 01M2Z"),
        (Copied("an id", "a\x1b[31m\u202e"), "Copied an id a␛[31m⟨202E⟩"),
        (Copied("2 errors", "one\ntwo"), "Copied 2 errors, 7 bytes"),
        (Copied("9 errors", "é" * 6_170), "Copied 9 errors, 12.3 kB"),
        (Copied("a\x1bb", "x" * 41), "Copied a␛b, 41 bytes"),
    ],
)
def test_what_is_said(copied: Copied, said: str) -> None:
    app = FakeApp()
    assert copy(cast("Any", app), copied, PLAIN) == said
    assert taken(app.written) == copied.text


def test_a_text_is_never_cut_in_silence() -> None:
    app = FakeApp()
    text = "x" + "é" * MOST_BYTES
    said = copy(cast("Any", app), Copied("a response", text), PLAIN)
    assert said == "Copied only the first 75.0 kB of a response, 150.0 kB: terminals take no more"
    sent = taken(app.written)
    assert text.startswith(sent)
    assert len(sent.encode()) == MOST_BYTES - 1
    assert len(app.written) <= 100_000


async def test_it_goes_out_whole_between_frames(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with quiet_terminal(history, monkeypatch) as terminal:
        before = len(terminal.written)
        sequences = [osc52(f"{n}" + "x" * 15_000, PLAIN).encode() for n in range(2)]
        for sequence in sequences:  # longer than what is sent at once
            await terminal.driver.press("j")
            terminal.quiet.write(sequence.decode())
        await terminal.driver.press("j")
        await terminal.until(lambda: sequences[1] in terminal.written)
        written = terminal.written[before:]
        assert written.index(sequences[0]) < written.index(sequences[1])
