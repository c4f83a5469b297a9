"""How long it takes from starting the program to the first row."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench import bare
from tests.bench.dashboard import CALM
from tests.bench.figures import Bar, Figure
from tests.bench.plain import plain
from tests.bench.setting import SMALL, Setting
from tests.bench.terminal import Gone, Terminal

# Nothing is drawn before so many seconds without a byte: drawing would be in the program's way.
LULL = 0.2
BARE = "tests.bench.bare"

_Program = tuple[tuple[str, ...], Callable[[str], bool]]
"""A module with its arguments, and what tells the line that is waited for."""


def start(setting: Setting) -> list[Figure]:
    """Exec to first data row, beside a bare Textual app and beside 1,000 runs."""
    with plain(setting.large) as large, plain(setting.small) as small:
        programs: dict[str, _Program] = {
            "large": (("zos_monitor", "--db", str(setting.large)), large.newest(1)[0].is_in),
            "small": (("zos_monitor", "--db", str(setting.small)), small.newest(1)[0].is_in),
            "bare": ((BARE,), _is_bare),
        }
        times: dict[str, list[float]] = {name: [] for name in programs}
        ends: dict[str, list[float]] = {name: [] for name in programs}
        # The first turn only warms up.
        for turn in range(1 + setting.times(15, 3)):
            for name, (arguments, is_in) in programs.items():
                first, last = _seconds(arguments, is_in)
                if turn:
                    times[name].append(first * 1000)
                    ends[name].append(last * 1000)
    return [
        Figure(
            group="start",
            name=f"exec to first data row, {setting.sizes}",
            unit="ms",
            samples=times["large"],
            against="bare Textual app",
            baseline=times["bare"],
            bar=Bar(ratio=1.3),
        ),
        Figure(
            group="start",
            name="same, against 1,000 runs",
            unit="ms",
            samples=times["large"],
            against=f"{SMALL:,} runs",
            baseline=times["small"],
            bar=Bar(ratio=1.1),
        ),
        Figure(
            group="start",
            name="exec to all of the first screen",
            unit="ms",
            samples=ends["large"],
            against="bare Textual app",
            baseline=ends["bare"],
            note=f"until the last byte before {CALM:g} s without any",
        ),
    ]


def _seconds(arguments: tuple[str, ...], is_in: Callable[[str], bool]) -> tuple[float, float]:
    """Return when the line that is waited for was there, and when the last byte came."""
    with Terminal(*arguments) as terminal:
        at = terminal.wait(
            lambda screen: any(is_in(line) for line in screen.lines), limit=30.0, gap=LULL
        )
        if at is None:
            raise Gone(f"nothing is shown:\n{terminal.screen}")
        return at - terminal.spawned, terminal.settle(CALM) - terminal.spawned


def _is_bare(line: str) -> bool:
    return bare.TEXT in line
