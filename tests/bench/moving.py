"""How long keys take until the frame is complete: line by line, page by page, and far away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from tests.bench.dashboard import (
    CALM,
    DOWN,
    FRAME,
    PAGE_DOWN,
    dashboard,
    frame_after,
    shown_id,
)
from tests.bench.figures import Bar, Figure
from tests.bench.plain import plain
from tests.bench.runs import Run
from tests.bench.screen import Screen
from tests.bench.setting import SMALL, Setting
from tests.bench.terminal import Gone, Terminal

_PAGE = 60  # rows: so far a key goes at most


class _Moved:
    """A dashboard whose newest runs are known, moved down through them."""

    def __init__(self, terminal: Terminal, runs: list[Run]) -> None:
        self._terminal = terminal
        self._ranks = {run.id: rank for rank, run in enumerate(runs)}
        self._runs = runs
        self._rank = 0
        if terminal.wait(lambda screen: screen.is_on(runs[0]), limit=5.0) is None:
            raise Gone(f"the newest run is not shown:\n{terminal.screen}")

    def press(self, key: str, least: int) -> float | None:
        """Return the seconds until the frame at least so many runs further down."""
        moved: list[int] = []

        def shown(screen: Screen) -> bool:
            named = shown_id(screen)
            near = range(self._rank + least, min(self._rank + _PAGE, len(self._runs)))
            ranks = near if named is None else [self._ranks.get(named, -1)]
            found = (rank for rank in ranks if rank in near and screen.is_on(self._runs[rank]))
            moved.extend(islice(found, 1))
            return bool(moved)

        at = self._terminal.send(key)
        if self._terminal.wait(shown, limit=5.0) is None:
            return None
        last = self._terminal.settle(FRAME)
        self._rank = moved[-1]
        return last - at


def keys(setting: Setting) -> list[Figure]:
    """Key down and page down to the complete frame of list and detail."""
    counts = {DOWN: setting.times(40, 10), PAGE_DOWN: setting.times(30, 8)}
    taken: dict[tuple[str, Path], list[float]] = {}
    with ExitStack() as stack:
        moved = {}
        for path in (setting.large, setting.small):
            runs = stack.enter_context(plain(path)).newest(2000)
            moved[path] = _Moved(stack.enter_context(dashboard(path)), runs)
        for key, count in counts.items():
            for _ in range(count):
                for path, here in moved.items():
                    seconds = here.press(key, 1 if key == DOWN else 5)
                    if seconds is not None:
                        taken.setdefault((key, path), []).append(seconds * 1000)
    return [
        Figure(
            group="keys",
            name=f"{name} to complete frame, {setting.sizes}",
            unit="ms",
            samples=taken.get((key, setting.large), ()),
            against=f"{SMALL:,} runs",
            baseline=taken.get((key, setting.small), ()),
            bar=Bar(ratio=1.2, most=most),
        )
        for key, name, most in ((DOWN, "key down", 15), (PAGE_DOWN, "page down", 25))
    ]


def jump(setting: Setting) -> list[Figure]:
    """Jump to the oldest run with G, and to dates, in dashboards just opened."""
    oldest_taken: list[float] = []
    dates_taken: list[float] = []
    lost = False
    with plain(setting.large) as asking:
        oldest, first = asking.oldest(), asking.started
        begin = date.fromisoformat(oldest.started_at[:10])
        span = (setting.now.date() - begin).days
        for turn in range(setting.times(7, 2)):
            with dashboard(setting.large) as terminal:
                seconds = frame_after(terminal, "G", oldest, limit=5.0)
                if seconds is not None:
                    oldest_taken.append(seconds * 1000)
                # Days all over the history, other ones each time.
                for share in (0.31, 0.83, 0.57):
                    day = begin + timedelta(days=round(span * (share + 0.017 * turn)) % span)
                    seconds = None if lost else _jump(terminal, day, first)
                    if seconds is not None:
                        dates_taken.append(seconds * 1000)
                    lost = lost or seconds is None
    return [
        Figure(
            group="jump",
            name=f"{name}, {setting.sizes}",
            unit="ms",
            samples=samples,
            bar=Bar(most=150),
            note="" if samples else "the screen did not show it",
        )
        for name, samples in (
            ("G to the oldest run", oldest_taken),
            ("jump to a date", dates_taken),
        )
    ]


def _jump(terminal: Terminal, day: date, started: Callable[[str], str]) -> float | None:
    """Return the seconds to the frame at a date, None where it is not shown."""
    terminal.send(":")
    terminal.settle(FRAME)
    for letter in str(day):
        terminal.send(letter)
        terminal.lull(0.02, 0.1)
    terminal.settle(CALM)
    before = shown_id(terminal.screen)
    near = {str(day + timedelta(days=days)) for days in (-1, 0, 1)}

    def shown(screen: Screen) -> bool:
        run_id = shown_id(screen)
        return (
            run_id is not None
            and run_id != before
            and started(run_id)[:10] in near
            and any(row.lit for row in screen.rows())
        )

    at = terminal.send("\r")
    if terminal.wait(shown, limit=3.0) is None:
        # Leave whatever the keys have opened.
        terminal.send("\x1b")
        terminal.settle(CALM)
        return None
    return terminal.settle(FRAME) - at
