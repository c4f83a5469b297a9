"""Styles of cells as terminals take them (SGR), and the shortest way from one to another."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

PLAIN = ""
"""The style without any attribute. A style is SGR's parameters, and behind LINK a link."""
LINK = "\0"

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
_END_LINK = "\x1b]8;;\x1b\\"


class _Look(NamedTuple):
    """A style taken apart; ``odd`` where it has parameters that can't be undone one by one."""

    attributes: frozenset[str]
    ink: str
    ground: str
    odd: bool


def add_parameters(style: str, parameters: str) -> str:
    """Return the style that SGR's parameters, as they stand in a sequence, make of a style."""
    look, _, link = style.partition(LINK)
    if not parameters.strip("0"):
        return with_link(PLAIN, link)
    if parameters.startswith("0;"):
        return with_link(parameters[2:], link)
    return with_link(f"{look};{parameters}" if look else parameters, link)


def with_link(style: str, link: str) -> str:
    """Return a style with a link (OSC 8's parameters and address), or with none."""
    look = style.partition(LINK)[0]
    return f"{look}{LINK}{link}" if link.partition(";")[2] else look


@lru_cache(maxsize=4096)
def switch(old: str | None, new: str) -> str:
    """Return the shortest sequence that leads from a style to another.

    From None it leads from any look; a link is taken to be none there.
    """
    old_look, _, old_link = (old or PLAIN).partition(LINK)
    new_look, _, new_link = new.partition(LINK)
    links = ""
    if old_link != new_link:
        links = f"\x1b]8;{new_link}\x1b\\" if new_link else _END_LINK
    if old is not None and old_look == new_look:
        return links
    anew = f"\x1b[0;{new_look}m" if new_look else "\x1b[m"
    if old is None:
        return links + anew
    steps = _steps(old_look, new_look)
    return links + (anew if steps is None else min(steps, anew, key=len))


def _steps(old_look: str, new_look: str) -> str | None:
    """Return the sequence that undoes and adds what differs; None where that can't be told."""
    old, new = _parse(old_look), _parse(new_look)
    if old.odd or new.odd:
        return None
    off = {_OFF[attribute] for attribute in old.attributes - new.attributes}
    kept = old.attributes - ({"1", "2"} if "22" in off else set())  # both have one switch
    numbers = [*sorted(off), *sorted(new.attributes - kept)]
    if old.ink != new.ink:
        numbers.append(new.ink or "39")
    if old.ground != new.ground:
        numbers.append(new.ground or "49")
    return f"\x1b[{';'.join(numbers)}m" if numbers else ""


@lru_cache(maxsize=4096)
def _parse(look: str) -> _Look:
    attributes: set[str] = set()
    ink = ground = ""
    odd = False
    numbers = iter(look.split(";") if look else ())
    for number in numbers:
        if number in ("38", "48"):
            kind = next(numbers, "")
            values = [next(numbers, "") for _ in range({"5": 1, "2": 3}.get(kind, 0))]
            odd = odd or not values or "" in values
            colour = ";".join([number, kind, *values])
            ink, ground = (colour, ground) if number == "38" else (ink, colour)
        elif number in _INKS:
            ink = "" if number == "39" else number
        elif number in _GROUNDS:
            ground = "" if number == "49" else number
        elif number in _OFF:
            attributes.add(number)
        else:
            odd = True
    return _Look(frozenset(attributes), ink, ground, odd)


_INKS = frozenset(str(number) for number in [*range(30, 38), 39, *range(90, 98)])
_GROUNDS = frozenset(str(number) for number in [*range(40, 48), 49, *range(100, 108)])
