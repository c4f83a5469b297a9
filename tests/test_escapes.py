"""What models and people have written, on a terminal: seen as it is, and never obeyed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.terminals import Terminal
from zos_monitor.demo.prices import Model
from zos_monitor.demo.writer import ZosWriter

STEERING = (
    "\x1b]52;c;UFdORUQ=\x07\x1b]0;PWNED\x07\x1b]2;PWNED\x1b\\\x1b[?7777h\x1b[2J\x9b?7777h\x9d0;PWNED"
    "\x9c\x00\x07\r\x1bPtmux;PWNED\x1b\\[/][@click=app.quit]PWNED[/]\u202e\u2066\u200b\u2069\u2028\ufe0f"
    "\U000e0041\u3164\ufeff\u00ad"
)
"""What sets the clipboard and the title, clears, reorders, hides and quits where it is obeyed."""
NAMED = STEERING.replace("\0", "")  # a filter takes no NUL
BORDER = (2, 119)
"""Where the detail pane has its corner."""
STACKED = "z" + "\u0301" * 12
LONG = "x" * 100_000
DRAWN = {"\x1b", "\x07", "\r", "\n", "\u200d"}
"""The control characters that the program sends for its own purposes, and what joins emoji."""


def odd(mark: str) -> str:
    return f"{mark} {STEERING}{STACKED}"


def write_odd_database(path: Path) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    model = Model(odd("profile"), odd("Model"), 3.0, 15.0, provider=odd("provider"))
    with ZosWriter(path) as zos, zos.batch():
        for n in range(3):
            started = at - timedelta(minutes=n)
            errors = [
                {"topic": odd("TopicA"), "error": odd("ErrorA"), "node": odd("node")},
                {
                    "topic": odd("TopicB"),
                    "error": f"ErrorB {STEERING}\n{LONG}{STEERING}",
                    "node": None,
                },
            ]
            run = zos.raw_run(
                layer_name=f"Layer{n} {NAMED}",
                layer_hash=odd(f"hash{n}"),
                started_at=started,
                completed_at=started + timedelta(seconds=30),
                status=odd("Status") if n else "failed",
                errors=json.dumps(errors),
                model_profile=model.profile,
                model_provider=model.provider,
                model_name=model.name,
            )
            zos.call(
                run,
                odd("TopicC"),
                created_at=started + timedelta(seconds=9),
                response=odd("Response"),
                prompt=odd("Prompt"),
                call_type=odd("kind"),
                model=model,
            )
            zos.call(
                run,
                odd("TopicD"),
                created_at=started + timedelta(seconds=19),
                success=False,
                error=odd("Failure"),
                model=model,
            )
            zos.insight(
                run,
                odd("TopicE"),
                created_at=started + timedelta(seconds=9),
                content=odd("Content"),
                category=odd("Category"),
            )


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    path = tmp_path / "zos.db"
    write_odd_database(path)
    opened = Terminal("--db", str(path), folder=tmp_path)
    yield opened
    opened.close()


def press(terminal: Terminal, keys: bytes, *marks: str) -> None:
    """Press keys, and wait until the screen shows what they are to bring."""
    terminal.type(keys)
    terminal.until(lambda: all(mark in "\n".join(terminal.screen.lines) for mark in marks))


def assert_harmless(written: bytes) -> None:
    """Check that nothing was sent which a terminal would obey, but what the program says itself."""
    text = written.decode()
    assert "\x1b]52;c;UFdORUQ=" not in text
    assert not re.search("\x1b[\\]P^_X][^\x07\x1b]*PWNED", text)
    assert "7777" in text  # it was there to be seen
    assert not re.search("[\x1b\x9b][^\x1b ]{0,2}7777", text.replace("␛", "-"))
    unseen = {
        char
        for char in set(text) - DRAWN
        if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
        or char in "\ufe0f\u3164"
    }
    assert not unseen, [hex(ord(char)) for char in unseen]
    assert "\r␛Ptmux" not in text
    assert "\u0301" * 5 not in text


def test_nothing_that_is_stored_steers_the_terminal(terminal: Terminal) -> None:
    press(terminal, b"", "Layer0 ␛]52;c;", "all layers")
    press(terminal, b"jjk", "Layer1 ␛]")
    press(terminal, b"g", "TopicA ␛]")
    border = terminal.screen.cell(*BORDER).fg
    terminal.type(b"\r")
    terminal.until(lambda: terminal.screen.cell(*BORDER).fg != border)  # the detail has the focus
    press(terminal, b"j\r", "ErrorB", "Message", "␛[2J⟨9B⟩", "[/]")
    press(terminal, b"\x1b", "─ Runs")
    for key, marks in {
        b"2": ("TARGET", "TopicD ␛]"),
        b"3": ("LATENCY", "TopicC ␛]"),
        b"4": ("CATEGORY", "TopicE ␛]"),
        b"5": ("m to compare",),
        b"6": ("provider", "[?7777h␛[2J"),
    }.items():
        press(terminal, key, *marks)
    press(terminal, b"e", "new; 3 errors", "ErrorB")
    press(terminal, b"\x1b", "─ Runs")
    press(terminal, b"L", "By layer", "Layer2 ␛]")
    press(terminal, b"\x1b", "─ Runs")
    press(terminal, b"l", "space marks", "␛]52;c;")
    press(terminal, b"j\r", "layer:", "Layer0 ␛]52;c;", "1 of 3")
    press(terminal, b"?", "─ Help", "Edit the filter")  # it lives
    terminal.type(b"\x1b")
    terminal.until(lambda: not any("─ Help" in line for line in terminal.screen.lines))
    terminal.type(b"q")
    assert terminal.end() == 0
    assert terminal.as_it_was
    assert_harmless(terminal.written)
