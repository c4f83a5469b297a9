"""What somebody at the keyboard does: keys of all bindings at random, and what takes several."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from random import Random

_SCREENS = "zos_monitor.tui"
_BYTES = {
    "down": b"\x1b[B",
    "up": b"\x1b[A",
    "left": b"\x1b[D",
    "right": b"\x1b[C",
    "pagedown": b"\x1b[6~",
    "pageup": b"\x1b[5~",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "enter": b"\r",
    "escape": b"\x1b",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "space": b" ",
    "slash": b"/",
    "question_mark": b"?",
    "colon": b":",
    "left_square_bracket": b"[",
    "right_square_bracket": b"]",
    "ctrl+f": b"\x06",
    "ctrl+b": b"\x02",
    "ctrl+u": b"\x15",
}
ENDS = {"q", "ctrl+q", "ctrl+c", "ctrl+p"}
"""Keys that end the program, or lead to where any of its commands may be chosen."""
# None of these has a q in it: where there is no room for a prompt, letters are keys.
_FILTERS = (
    "status:failed,partial",
    "layer:nightly-* since:7d",
    "since:30d -layer:dm-response",
    'error:"rate limit"',
    "topic:Ada",
    "cost:>0.01",
    "Ada",
    "status:sleeping",
    "kind:scheduled since:24h",
    "duration:>1m",
)
_TIMES = ("yesterday", "3d", "30d", "2026-11-01", "soon")
_MENUS = ("s", "l", "t")
_OVER = ("e", "L", "T")
_UPPER = 12
"""So many lines are above the last one wherever there is anything to click on."""
ESCAPE, ENTER = b"\x1b", b"\r"
Deed = list[bytes]
"""Keys to be typed one after the other; after an Escape some time has to pass."""


def all_keys() -> list[bytes]:
    """Return each key that any screen, pane or prompt of the dashboard is bound to."""
    from textual.binding import Binding
    from textual.dom import DOMNode

    for name in ("app", "choice", "export_screen", "failures_screen", "figures_screen", "help"):
        import_module(f"{_SCREENS}.{name}")
    for name in ("jump", "reader", "tonight"):
        import_module(f"{_SCREENS}.{name}")
    names: set[str] = set()
    for kind in _below(DOMNode):
        if not kind.__module__.startswith(f"{_SCREENS}."):
            continue
        for binding in kind.__dict__.get("BINDINGS", ()):
            keys = binding.key if isinstance(binding, Binding) else binding[0]
            names.update(key.strip() for key in keys.split(","))
    return [_BYTES.get(name, name.encode()) for name in sorted(names - ENDS)]


def _below(kind: type[object]) -> Iterator[type[object]]:
    one: type[object]
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


class Hands:
    """Somebody who types; the same seed, the same keys."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._keys = all_keys()
        self._exports = 0

    def deed(self) -> Deed:
        """Return what to type next."""
        chance = self._random
        ways = (self._key, self._move, self._filter, self._menu, self._over, self._chain)
        rare = (self._export, self._jump, self._palette, self._click)
        way = chance.choices((*ways, *rare), weights=(30, 25, 6, 5, 6, 8, 1, 2, 2, 4))[0]
        return way()

    def _key(self) -> Deed:
        return [self._random.choice(self._keys)]

    def _move(self) -> Deed:
        keys = [_BYTES[name] for name in ("down", "up", "pagedown", "pageup", "end", "home")]
        key = self._random.choices(keys, weights=(6, 4, 3, 2, 1, 1))[0]
        return [key] * self._random.randint(1, 6)

    def _filter(self) -> Deed:
        text = self._random.choice(_FILTERS).encode()
        return [b"/", b"\x15", *(bytes([letter]) for letter in text), self._either()]

    def _menu(self) -> Deed:
        moves = [b"\x1b[B"] * self._random.randint(0, 4)
        return [self._random.choice(_MENUS).encode(), *moves, b" ", self._either()]

    def _over(self) -> Deed:
        moves = [self._random.choice((b"\x1b[B", b"o", b"]", b"[", b"\x1b[6~")) for _ in range(4)]
        return [self._random.choice(_OVER).encode(), *moves, self._either()]

    def _chain(self) -> Deed:
        tab = str(self._random.randint(1, 6)).encode()
        return [ENTER, tab, ENTER, b"\x1b[B", ENTER, b"\x1b[6~", ESCAPE, ESCAPE, ESCAPE]

    def _export(self) -> Deed:
        self._exports += 1
        ending = self._random.choice((b"csv", b"jsonl", b"md"))
        # No full path is needed: the program works in a folder of its own.
        name = b"out-%d.%s" % (self._exports, ending)
        return [b"x", b"\x15", *(bytes([letter]) for letter in name), ENTER, ESCAPE]

    def _jump(self) -> Deed:
        time = self._random.choice(_TIMES).encode()
        return [b":", *(bytes([letter]) for letter in time), ENTER, ESCAPE]

    def _palette(self) -> Deed:
        return [b"\x10", *(bytes([letter]) for letter in b"zoom"), self._either(), ESCAPE]

    def _click(self) -> Deed:
        # Not on the last line, where one of the keys that can be clicked on quits.
        column, line = self._random.randint(1, 120), self._random.randint(1, _UPPER)
        button = self._random.choice((0, 0, 64, 65))
        press = b"\x1b[<%d;%d;%dM" % (button, column, line)
        return [press, b"\x1b[<%d;%d;%dm" % (button, column, line)] if button == 0 else [press]

    def _either(self) -> bytes:
        return ENTER if self._random.random() < 0.6 else ESCAPE
