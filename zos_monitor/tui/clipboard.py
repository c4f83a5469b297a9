"""The clipboard of the reader's terminal, also behind SSH, tmux and GNU screen: OSC 52."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zos_monitor.model.text import encodable, one_line

if TYPE_CHECKING:
    from textual.app import App

    from zos_monitor.tui.tab_view import Copied

MOST_BYTES = 74_994
"""The longest text that is sent, in bytes of UTF-8.

hterm's limit of 100,000 for the whole sequence is the least of those terminals that state one, but
for some that take a few thousand. What is longer may be dropped, or end up on the screen.
"""
SCREEN_BYTES = 768
"""What GNU screen takes of a string at once (its MAXSTR); the rest it would write as text."""

_BEGIN, _END = "\x1bP", "\x1b\\"
_SHOWN = 40
"""Up to so many characters the text itself is said, and not its size."""


def osc52(text: str, environ: Mapping[str, str]) -> str:
    """Return what makes the reader's terminal take a text into its clipboard.

    Lone surrogates are replaced. tmux takes it as it is where its ``set-clipboard`` is ``on``, and
    passes it on wrapped where ``allow-passthrough`` is: both are sent, and it drops what it does
    not take. GNU screen passes on what is wrapped in pieces. A ``TERM`` of theirs alone tells of
    one on the other side of SSH: ``screen`` may be either, and a short text suits both.
    """
    plain = f"\x1b]52;c;{b64encode(encodable(text).encode()).decode('ascii')}\x07"
    term = environ.get("TERM", "")
    if environ.get("STY"):
        return _for_screen(plain)
    if environ.get("TMUX") or term.startswith("tmux"):
        return plain + _for_tmux(plain)
    if term.startswith("screen"):
        harmless = plain if len(plain) < SCREEN_BYTES else ""
        return harmless + _for_screen(plain)
    return plain


def _for_tmux(sequence: str) -> str:
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"{_BEGIN}tmux;{doubled}{_END}"


def _for_screen(sequence: str) -> str:
    step = SCREEN_BYTES - len(_BEGIN) - len(_END)
    pieces = (sequence[start : start + step] for start in range(0, len(sequence), step))
    return "".join(f"{_BEGIN}{piece}{_END}" for piece in pieces)


def copy(app: App[Any], copied: Copied, environ: Mapping[str, str]) -> str:
    """Send a text to the terminal's clipboard, and return what is to be said of it.

    Of a text that is longer than terminals take, the beginning is sent, and that is said.
    """
    data = encodable(copied.text).encode()
    sent = data[:MOST_BYTES].decode(errors="ignore")  # no part of a character
    driver = app._driver
    if driver is not None:
        driver.write(osc52(sent, environ))
        driver.flush()
    name = one_line(copied.name)
    if len(data) > MOST_BYTES:
        first = _amount(len(sent.encode()))
        whole = _amount(len(data))
        return f"Copied only the first {first} of {name}, {whole}: terminals take no more"
    if len(data) <= _SHOWN and "\n" not in sent:
        return f"Copied {name} {one_line(sent)}"
    return f"Copied {name}, {_amount(len(data))}"


def _amount(size: int) -> str:
    """Return a number of bytes in the few characters that a sentence has room for."""
    if size < 1_000:
        return f"{size} bytes"
    if size < 999_950:
        return f"{size / 1_000:.1f} kB"
    return f"{size / 1_000_000:,.1f} MB"
