"""The protocol: its number stands for what exactly is asked and answered."""

from __future__ import annotations

import hashlib
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import Enum
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest

from zos_monitor import questions
from zos_monitor.model import (
    breakdown,
    calls,
    comparison,
    failures,
    nights,
    past,
    present,
    runs,
    sorting,
    stats,
    workings,
)
from zos_monitor.model import filters as model_filters
from zos_monitor.wire import PROTOCOL
from zos_monitor.wire.questions import QUESTIONS
from zos_monitor.wire.zones import zone_name, zone_named

KNOWN = {1: "86ad6eae077efb0a"}
"""The sum over all that goes over the wire, by the protocol's number."""


def names() -> dict[str, Any]:
    """Return what the hints of the questions may name."""
    found: dict[str, Any] = {}
    for module in (
        *(breakdown, calls, comparison, failures, nights, past, present, model_filters),
        *(runs, sorting, stats, workings, questions),
    ):
        found |= {name: value for name, value in vars(module).items() if name[:1].isupper()}
    return found | {"datetime": datetime, "StoredValue": workings.StoredValue}


def shape(hint: Any, seen: set[Any]) -> str:  # noqa: ANN401
    """Return a type in words: its fields, and theirs."""
    for one in get_args(hint):
        shape(one, seen)
    if not isinstance(hint, type) or hint in seen or get_args(hint):
        return str(hint)
    seen.add(hint)
    if issubclass(hint, Enum):
        return f"{hint.__name__}: {[one.value for one in hint]}"
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        told = [
            f"{name}: {one} {shape(one, seen)}"
            for name, one in sorted(get_type_hints(hint).items())
        ]
        if is_dataclass(hint):
            told += [
                f"{one.name} = {one.default}" for one in fields(hint) if one.default is not MISSING
            ]
            told += sorted(shape(one, seen) for one in hint.__subclasses__())
        return f"{hint.__name__}: {told}"
    return hint.__name__


def test_what_goes_over_the_wire_has_changed_only_if_its_number_has() -> None:
    told = []
    for name, question in QUESTIONS.items():
        hints = get_type_hints(getattr(questions.Service, name), localns=names())
        told.append(f"{name}: {shape(hints.pop('return'), set())}")
        assert hints.keys() == question.parameters.keys()
        for one, parameter in question.parameters.items():
            told.append(f"{one}: {hints[one]}, {parameter.needed}, {parameter.kind.told}")
    digest = hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
    assert KNOWN.get(PROTOCOL) == digest, (
        "What goes over the wire is not what it was: give the protocol another number, and note "
        f"its sum {digest} here."
    )


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        (UTC, "UTC"),
        (ZoneInfo("Europe/Berlin"), "Europe/Berlin"),
        (timezone(timedelta()), "UTC"),
        (timezone(timedelta(hours=5, minutes=45)), "+05:45"),
        (timezone(-timedelta(hours=3, minutes=30)), "-03:30"),
        (timezone(timedelta(minutes=19, seconds=32)), "+00:19:32"),
    ],
)
def test_zones_go_by_their_names(zone: tzinfo, name: str) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert zone_name(zone, now) == name
    assert now.astimezone(zone_named(name)).utcoffset() == now.astimezone(zone).utcoffset()


@pytest.mark.parametrize("name", ["", "Nowhere/Land", "+24:00", "+1:00", "../UTC", "\0", "Europe"])
def test_a_zone_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        zone_named(name)
