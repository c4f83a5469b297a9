"""How long it takes to drill into a run with much in it: its tabs, and a text read whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NamedTuple

from tests.bench import drilled
from tests.bench.dashboard import DOWN, FRAME, LULL, PAGE_DOWN, UP, dashboard
from tests.bench.drilled import HEAVY, LIGHT, Load
from tests.bench.figures import Bar, Figure
from tests.bench.plain import plain
from tests.bench.runs import Run
from tests.bench.screen import Screen
from tests.bench.setting import Setting
from tests.bench.terminal import Gone, Terminal

OPENING, PAGING = Bar(most=200), Bar(most=50)
"""What opening anything may take, in ms, and what a page further in it may."""
PAGES = 5
_SCROLL_BAR = 6
"""How many cells at the right don't count: the scroll bar may change by itself."""


class Tab(NamedTuple):
    """A tab of the detail: its key, and what stands on the screen once it shows the run."""

    key: str
    name: str
    marks: tuple[str, ...]


TABS = (
    Tab("1", "errors", (drilled.CAUSE,)),
    Tab("2", "targets", ("OUTCOME", drilled.SUBJECT)),
    Tab("3", "calls", ("LATENCY", drilled.SUBJECT)),
    Tab("4", "insights", ("CATEGORY", drilled.SUBJECT)),
    Tab("5", "compare", ("Last success", "≠ State")),
    Tab("6", "run", ("As stored", drilled.LAYER_HASH)),
)
_CALLS = TABS[2]
_READER = ("─ Call ", "Response  ", '"number": 0,')

Step = Callable[["_Drilling"], float | None]


class _Drilling:
    """A dashboard whose newest run is plain, and whose second is the one to drill into."""

    def __init__(self, terminal: Terminal, newest: Run) -> None:
        self._terminal = terminal
        self._newest = newest

    def open(self, tab: Tab) -> float | None:
        """Return the seconds to the tab, shown for the first time; errors come with the run."""
        return self._until(_shows(tab.marks), DOWN if tab is TABS[0] else tab.key)

    def move(self, tab: Tab) -> float | None:
        """Return the seconds from the cursor's move onto the run to what the tab in view shows."""
        terminal, shown = self._terminal, _shows(tab.marks)
        terminal.send(tab.key)
        terminal.settle(FRAME)
        terminal.send(UP)
        if terminal.wait(self._is_away) is None:
            raise Gone(f"the cursor does not move:\n{terminal.screen}")
        terminal.settle(LULL)
        if shown(terminal.screen):
            raise Gone(f"{tab.name}: another run shows the same:\n{terminal.screen}")
        return self._until(shown, DOWN)

    def read(self) -> float | None:
        """Return the seconds to the text of the first call, which is open then."""
        # Into the run, and to its calls: the cursor is on the first.
        for key in ("\r", _CALLS.key):
            self._terminal.send(key)
            self._terminal.settle(LULL)
        return self._until(_shows(_READER), "\r")

    def page(self) -> float | None:
        """Return the seconds to the next page of the text."""
        before = _text(self._terminal.screen)
        return self._until(lambda screen: _text(screen) != before, PAGE_DOWN)

    def end(self) -> float | None:
        """Return the seconds to the end of the text, and of the prompt after it."""
        return self._until(_shows((drilled.END,)), "G")

    def _until(self, shown: Callable[[Screen], bool], key: str) -> float | None:
        """Return the seconds from a key to a frame; there may be more frames, as of scroll bars."""
        at = self._terminal.send(key)
        seen = self._terminal.wait(shown)
        self._terminal.settle(LULL)
        return None if seen is None else seen - at

    def _is_away(self, screen: Screen) -> bool:
        return any(row.lit and self._newest.is_in(row.text) for row in screen.rows())


def detail(setting: Setting) -> Iterator[Figure]:
    """Open tabs and texts of a run with much in it, beside one with a single call and error."""
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(setting.times(5, 2)):
        with ExitStack() as stack:
            opened = {load.name: _open(stack, setting, load) for load in (HEAVY, LIGHT)}
            for what, step in _steps():
                for name, here in opened.items():
                    seconds = step(here)
                    if seconds is not None:
                        taken[what, name].append(seconds * 1000)
    for what, bar in _bars().items():
        yield Figure(
            group="detail",
            name=what,
            unit="ms",
            samples=taken[what, HEAVY.name],
            against="1 call, 1 error",
            baseline=taken[what, LIGHT.name],
            bar=bar,
        )


def _open(stack: ExitStack, setting: Setting, load: Load) -> _Drilling:
    path = drilled.database(load, now=setting.now, folder=setting.large.parent)
    newest, run = stack.enter_context(plain(path)).newest(2)
    if run.layer != drilled.LAYER:
        raise Gone(f"the second run of {path} is another")
    return _Drilling(stack.enter_context(dashboard(path)), newest)


def _steps() -> Iterator[tuple[str, Step]]:
    """Yield what is measured, in the order in which it is done in one dashboard."""
    for tab in TABS:
        yield _opening(tab), lambda here, tab=tab: here.open(tab)  # type: ignore[misc]
    for tab in TABS:
        yield _moving(tab), lambda here, tab=tab: here.move(tab)  # type: ignore[misc]
    yield _READING, _Drilling.read
    for _ in range(PAGES):
        yield _PAGING, _Drilling.page
    yield _ENDING, _Drilling.end


def _bars() -> dict[str, Bar]:
    """Return what is measured, in the order of the table, with the bars."""
    opening = {_opening(tab): OPENING for tab in TABS}
    moving = {_moving(tab): OPENING for tab in TABS}
    return opening | {_READING: OPENING, _PAGING: PAGING, _ENDING: Bar()} | moving


def _opening(tab: Tab) -> str:
    counts = {
        "errors": f"{HEAVY.errors} of {HEAVY.error_length // 1000} kB",
        "targets": str(HEAVY.targets),
        "calls": f"{HEAVY.calls} of {drilled.PROMPT_LENGTH // 1000} kB",
        "insights": str(HEAVY.insights),
    }
    many = f" ({counts[tab.name]})" if tab.name in counts else ""
    return f"first look at {tab.name}{many}"


def _moving(tab: Tab) -> str:
    return f"cursor onto the run, {tab.name} in view"


_SIZE = f"{HEAVY.response_length // 1_000_000} MB"
_READING = f"a response of {_SIZE} opened"
_PAGING = f"page down in a response of {_SIZE}"
_ENDING = f"to the end of a response of {_SIZE}"


def _shows(marks: tuple[str, ...]) -> Callable[[Screen], bool]:
    return lambda screen: all(screen.has(mark) for mark in marks)


def _text(screen: Screen) -> list[str]:
    return [line[:-_SCROLL_BAR] for line in screen.lines]
