"""What Textual remembers of widgets that are gone: nothing, where we know how it remembers."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style

from zos_monitor.tui.styles_memory import keep_no_lines

BLACK, RED = Color(0, 0, 0), Color(255, 0, 0, 0.5)
NAME = "get_inner_outer"


@lru_cache
def stock(cls: object, base_background: Color, background: Color) -> tuple[Style, Style]:
    """Return what Textual does; apps of other tests have changed its own."""
    return Style(background=base_background + background), Style(background=base_background)


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Return what puts something in the place of what is leaned on."""
    return lambda function: monkeypatch.setattr(StylesCache, NAME, function)


def is_kept() -> bool:
    cache: Any = StylesCache()
    assert cache.get_inner_outer(BLACK, RED) == stock(None, BLACK, RED)
    seen = weakref.ref(cache)
    del cache
    gc.collect()
    return seen() is not None


def test_nothing_is_kept_of_a_widget_that_is_gone(put: Callable[[object], None]) -> None:
    put(stock)
    assert is_kept(), "Textual itself has no need of this any more"
    for _ in range(2):  # as by two apps
        keep_no_lines()
        assert not is_kept()


def test_this_textual_is_as_it_is_leaned_on() -> None:
    keep_no_lines()  # as every dashboard does
    assert not is_kept()


def other_words(cls: object, *, ground: Color) -> None: ...


@pytest.mark.parametrize("other", [is_kept, lru_cache(other_words), None])
def test_a_textual_that_is_built_otherwise_is_left_alone(
    put: Callable[[object], None], other: object
) -> None:
    put(other)
    keep_no_lines()
    assert getattr(StylesCache, NAME) is other


def test_a_textual_without_that_part_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual._styles_cache", None)
    keep_no_lines()
