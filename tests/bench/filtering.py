"""How long a filter and a search take, beside the plain SQL of the same question."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from tests.bench.dashboard import (
    FRAME,
    LULL,
    clear_filter,
    dashboard,
    totalled,
    type_filter,
)
from tests.bench.figures import Bar, Figure, percentile
from tests.bench.plain import Filter, Plain, containing, filters, plain, since
from tests.bench.runs import TOLD, Run
from tests.bench.screen import Screen
from tests.bench.setting import Setting
from tests.bench.terminal import Terminal

OFTEN, SELDOM, NEVER = "overloaded_error", "peer closed the connection", "quixotic zeppelin"
"""Texts of many errors, of one in a few hundred, and of none."""
DAYS = 7
"""Of how many days the totals are where the filter names no time."""
_ROWS = 40
# Results are awaited in lulls as long as this, so that drawing is not in their way.
_GAP = 0.1


def filtering(setting: Setting) -> Iterator[Figure]:
    """Filter by layer, status, time or all three, to the list and to all figures."""
    with plain(setting.large) as asking, dashboard(setting.large) as terminal:
        newest = asking.newest(_ROWS)
        for flt in filters(setting.now.date()):
            list_taken, all_taken, page_plain, all_plain = [], [], [], []
            shown, complete = _list_of(asking, flt), _figures_of(setting, asking, flt)
            for _ in range(setting.times(9, 2)):
                page, count, totals = _plainly(setting, asking, flt)
                page_plain.append((page + count) * 1000)
                all_plain.append((page + count + totals) * 1000)
                at = type_filter(terminal, flt.text, shown)
                listed = terminal.wait(shown, limit=8.0, gap=_GAP)
                told = terminal.wait(complete, limit=8.0, gap=_GAP) if listed else None
                list_taken += [(listed - at) * 1000] if listed else []
                all_taken += [(told - at) * 1000] if told else []
                clear_filter(terminal, newest)
            what = f"filter by {flt.name} to"
            yield _filter_figure(f"{what} list", list_taken, "page, count", page_plain, 120)
            yield _filter_figure(f"{what} all", all_taken, "page, count, totals", all_plain, None)


def _filter_figure(
    name: str, samples: list[float], against: str, baseline: list[float], most: float | None
) -> Figure:
    return Figure(
        group="filter",
        name=name,
        unit="ms",
        samples=samples,
        against=f"plain SQL: {against}",
        baseline=baseline,
        bar=Bar(below=True, most=most),
    )


def _list_of(asking: Plain, flt: Filter) -> Callable[[Screen], bool]:
    """Return what tells that the list shows the newest matches."""
    runs = asking.newest(_ROWS, flt.where, flt.params)
    return lambda screen: screen.lists(runs)


def _figures_of(setting: Setting, asking: Plain, flt: Filter) -> Callable[[Screen], bool]:
    """Return what tells that the count of the matches and the totals are theirs too."""
    counted = f"{asking.matching(flt.where, flt.params):,} of "
    runs = asking.matching(*_window(setting, flt))

    def complete(screen: Screen) -> bool:
        total = totalled(screen)
        # The totals show three digits, and those of the last days change as time goes by.
        return screen.has(counted) and total is not None and abs(total - runs) <= 2 + runs / 100

    return complete


def _plainly(setting: Setting, asking: Plain, flt: Filter) -> tuple[float, float, float]:
    page = asking.page(flt.where, flt.params)
    count = asking.count(flt.where, flt.params)
    return page, count, asking.totals(*_window(setting, flt))


def _window(setting: Setting, flt: Filter) -> tuple[str, tuple[str, ...]]:
    """Return the condition of the runs that the totals are of."""
    if flt.timed:
        return flt.where, flt.params
    where, params = since(setting.now, DAYS)
    return f"{flt.where} AND {where}", (*flt.params, *params)


def search(setting: Setting) -> Iterator[Figure]:
    """Search for text to the first page, and what keys take while one is going on."""
    with plain(setting.large) as asking, dashboard(setting.large) as terminal:
        layers = {run.layer for run in asking.newest(2000)}
        newest = asking.newest(_ROWS)
        texts = {OFTEN: "often", SELDOM: "seldom", NEVER: "nowhere"}
        if setting.quick:
            del texts[SELDOM]
        for text, kind in texts.items():
            flt = containing(text)
            shown = _list_of(asking, flt) if text != NEVER else _without(layers)
            taken, plainly = [], []
            for _ in range(setting.times(7, 2)):
                plainly.append(asking.page(flt.where, flt.params) * 1000)
                at = type_filter(terminal, flt.text, shown)
                listed = terminal.wait(shown, limit=8.0, gap=_GAP)
                taken += [(listed - at) * 1000] if listed else []
                clear_filter(terminal, newest)
            yield Figure(
                group="search",
                name=f"search for text that is {kind}, first page",
                unit="ms",
                samples=taken,
                against="plain SQL: page",
                baseline=plainly,
                bar=Bar(most=250),
            )
        yield _typing(terminal, newest, setting.times(4, 1))


def _without(layers: set[str]) -> Callable[[Screen], bool]:
    def shown(screen: Screen) -> bool:
        rows = screen.rows()
        return bool(rows) and not any(layer[:TOLD] in row.text for layer in layers for row in rows)

    return shown


def _typing(terminal: Terminal, newest: list[Run], times: int) -> Figure:
    """Time letters to their echo, typed on and on while what is typed is searched for."""
    taken: list[float] = []
    for _ in range(times):
        terminal.send("/")
        terminal.settle(FRAME)
        typed = ""
        for letter in NEVER.replace(" ", ""):
            typed += letter
            at = terminal.send(letter)
            echoed = terminal.wait(
                lambda screen, typed=typed: screen.has(typed),  # type: ignore[misc]
                limit=3.0,
                gap=0.015,
            )
            taken += [(echoed - at) * 1000] if echoed else []
            terminal.lull(max(0.0, at + 0.08 - time.monotonic()), 0.1)
        terminal.send("\r")
        terminal.settle(LULL)
        clear_filter(terminal, newest)
    worst = percentile(taken, 0.95)
    return Figure(
        group="search",
        name="key to its echo while searching",
        unit="ms",
        samples=taken,
        bar=Bar(most=50),
        note=f"95 % within {worst:.1f} ms, the slowest {max(taken):.1f} ms" if worst else "",
    )
