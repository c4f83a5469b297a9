"""What a terminal can do, by what its environment says of it.

Names decide, not the system's terminfo: where one comes by SSH from a terminal of today, its name
is often missing there, and nothing is sent but what such terminals have in common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

_ENOUGH = "; use another one, such as TERM=xterm-256color"
_UNABLE = {"unknown", "network", "dialup", "printer", "lpr", "emacs"}
_FAMILIES = {
    "xterm", "linux", "screen", "tmux", "rxvt", "alacritty", "kitty", "foot", "ghostty",
    "wezterm", "konsole", "gnome", "vte", "putty", "st", "stterm", "mintty", "cygwin", "ansi",
    "iterm", "iterm2", "nsterm", "contour", "rio", "mlterm", "eterm", "Eterm", "fbterm", "kmscon",
    "terminator", "terminology", "dtterm", "aterm", "hterm", "teraterm", "pccon", "dvtm",
    "bobcat", "eat",
}  # fmt: skip
_MANY = {"alacritty", "kitty", "foot", "ghostty", "wezterm", "contour", "rio"}
_WITHOUT = re.compile(r"vt[1-5]\d\d|.*-(?:m|mono)")


class Colours(Enum):
    """How many colours a terminal has, as Rich names it."""

    NONE = ""
    SIXTEEN = "standard"
    MANY = "256"
    ALL = "truecolor"


def unfit(environ: Mapping[str, str]) -> str:
    """Return, as a sentence, why a terminal can't show the dashboard; empty where it can."""
    term = environ.get("TERM", "")
    if not term or term == "dumb":
        return f"this terminal can't move its cursor (TERM is dumb or not set){_ENOUGH}"
    if term in _UNABLE:
        return f"this terminal can't move its cursor (TERM is {term}){_ENOUGH}"
    family = re.split(r"[-+.]", term, maxsplit=1)[0]
    if family in _FAMILIES or re.fullmatch(r"vt[1-5]\d\d", family) or _moves(term):
        return ""
    return f"nothing is known of this terminal (TERM is {term!r}){_ENOUGH}"


def _moves(term: str) -> bool:
    """Tell whether the system knows a terminal, and that it moves its cursor as others do."""
    try:
        import curses  # not every Python has it

        curses.setupterm(term, 2)
        return (curses.tigetstr("cup") or b"").startswith(b"\x1b[%i%p1%d;%p2%dH")
    except Exception:  # curses.error can't be named where there is no curses
        return False


def colours(environ: Mapping[str, str]) -> Colours:
    """Return how many colours a terminal has, whether or not it is to show them."""
    term = environ.get("TERM", "")
    many = {"256color": Colours.MANY, "direct": Colours.ALL}.get(term.rpartition("-")[2])
    # GNU screen takes the longer sequences for something else, and hands on what it was told of
    # the terminal that it is on.
    in_screen = "STY" in environ and term.startswith("screen")
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") and not in_screen:
        return Colours.ALL
    if _WITHOUT.fullmatch(term):
        return Colours.NONE
    if many is not None:
        return many
    return Colours.MANY if _MANY & set(re.split(r"[-+.]", term)) else Colours.SIXTEEN


def has_few_signs(environ: Mapping[str, str]) -> bool:
    """Tell whether a terminal's font is its own: the Linux console's, or that of a machine."""
    term = environ.get("TERM", "")
    return term == "linux" or term.startswith("linux-") or colours(environ) is Colours.NONE
