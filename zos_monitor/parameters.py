"""Kinds of values that options take: spans of time, shares, amounts, and thresholds of these."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

OFF = "off"
"""What is typed for no threshold."""


class Span(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A span of time such as ``10m``; a timedelta."""

    name = "span"

    def convert(
        self,
        value: Any,  # noqa: ANN401
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> timedelta:
        """Return the span that was typed."""
        from zos_monitor.model.times import parse_span

        if isinstance(value, timedelta):
            return value
        span = parse_span(str(value))
        if span is None or not span:
            self.fail(f"{value!r} is no span of time such as 90s, 10m, 24h or 7d.", param, ctx)
        return span


class Threshold(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A threshold of some kind, None where ``off`` was typed."""

    def __init__(self, name: str, read: Callable[[str], Any], forms: str) -> None:
        """Read values by ``read``, which raises ValueError; ``forms`` tells what it takes."""
        self.name = name
        self._read = read
        self._forms = forms

    def convert(
        self,
        value: Any,  # noqa: ANN401
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401
        """Return the threshold that was typed."""
        if not isinstance(value, str):
            return value
        if value.strip().lower() == OFF:
            return OFF
        try:
            return self._read(value.strip())
        except ValueError:
            self.fail(f"{value!r} is neither {self._forms} nor off.", param, ctx)


def _share(text: str) -> float:
    number = float(text.removesuffix("%")) / 100
    if not 0 <= number <= 1:
        raise ValueError(text)
    return number


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < 1:
        raise ValueError(text)
    return int(text)


def _amount(text: str) -> float:
    number = float(text.removeprefix("$"))
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(text)
    return number


def _age(text: str) -> timedelta:
    from zos_monitor.model.times import parse_span

    span = parse_span(text)
    if not span:
        raise ValueError(text)
    return span


SPAN = Span()
SHARE = Threshold("percent", _share, "a percentage such as 10%")
COUNT = Threshold("count", _count, "a whole number from 1 on")
AMOUNT = Threshold("usd", _amount, "an amount of US dollars such as 5.00")
AGE = Threshold("span", _age, "a span of time such as 30h")
