"""The menus that edit the filter's text: states, layers, windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.app import App

from zos_monitor.model.filters import (
    FilterError,
    FilterKey,
    literal,
    parse_filter,
    values_of,
    with_term,
)
from zos_monitor.model.states import RunState
from zos_monitor.model.windows import WINDOWS
from zos_monitor.tui.choice import ChoiceScreen


@dataclass(frozen=True)
class FilterMenu:
    """One menu: which key it edits, what it offers, and what the filter has chosen so far."""

    key: FilterKey
    title: str
    values: Sequence[str]
    chosen: Sequence[str]
    several: bool

    def screen(self) -> ChoiceScreen:
        """Return the menu as a screen."""
        return ChoiceScreen(self.title, self.values, self.chosen, several=self.several)


def menu_for(key: FilterKey, text: str, layers: Sequence[str]) -> FilterMenu:
    """Return the menu of a key for the present text of the filter."""
    try:
        chosen = values_of(parse_filter(text), key)
    except FilterError:
        chosen = ()
    if key is FilterKey.STATUS:
        return FilterMenu(key, "State", [str(state) for state in RunState], chosen, several=True)
    if key is FilterKey.LAYER:
        plain = [layer for layer in layers if literal(layer) in chosen]
        return FilterMenu(key, "Layer", layers, plain, several=True)
    return FilterMenu(key, "Started within", WINDOWS, chosen, several=False)


def open_menu(
    app: App[object],
    key: FilterKey,
    text: str,
    layers: Sequence[str],
    *,
    take: Callable[[FilterKey, tuple[str, ...]], None],
) -> None:
    """Show the menu of a key over the screen; ``take`` gets what is chosen."""
    menu = menu_for(key, text, layers)

    def chosen(values: tuple[str, ...] | None) -> None:
        if values is not None:
            take(menu.key, values)

    app.push_screen(menu.screen(), chosen)


def edited(text: str, key: FilterKey, values: Sequence[str]) -> str:
    """Return the filter's text with these literal values chosen for a key; none means any.

    Choosing a window takes an ``until:`` away too, for the two together would mean another span.
    """
    if key is FilterKey.SINCE:
        text = with_term(text, FilterKey.UNTIL, ())
    return with_term(text, key, [literal(value) for value in values])
