"""The errors tab as rows: each group of errors, and of those that are open each error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from zos_monitor.tui.error_lines import (
    error_line,
    fits,
    group_line,
    group_lines,
    message_line,
    said_once,
    sides_of,
    targets_line,
    widest_name,
)
from zos_monitor.tui.item_table import Row, fixed_row

if TYPE_CHECKING:
    from zos_monitor.model.error_groups import ErrorGroup
    from zos_monitor.model.errors import RunError
    from zos_monitor.tui.glyphs import Glyphs


class Item(NamedTuple):
    """What the cursor can stand on: a group, or one error of a group that is open."""

    identity: Hashable
    group: ErrorGroup
    error: RunError | None = None


def items_of(groups: Sequence[ErrorGroup], opened: Collection[Hashable]) -> list[Item]:
    """Return the groups, each open one followed by its errors.

    Errors that say the same of the same topic are told apart by how many came before them.
    """
    items: list[Item] = []
    for group in groups:
        key = group_identity(group)
        items.append(Item(key, group))
        if key not in opened:
            continue
        before: Counter[tuple[str | None, str]] = Counter()
        for error in group.members:
            said = error.topic, error.message
            items.append(Item((key, *said, before[said]), group, error))
            before[said] += 1
    return items


def group_identity(group: ErrorGroup) -> Hashable:
    """Return what tells a group from all others of its run."""
    from zos_monitor.model.causes import identity  # at hand by now: the group has a cause

    return identity(group.cause), group.node


def rows_of(
    items: Sequence[Item], opened: Collection[Hashable], glyphs: Glyphs, width: int
) -> list[Row]:
    """Return the lines of all items: a group's targets, or where it is open what it says.

    Messages that are all alike stand once, beneath their group, and where it is the only one
    also while it is not open. Of others each error tells its own, from where they begin to differ.
    """
    rows: list[Row] = []
    sides = sides_of([item.group for item in items if item.error is None], glyphs, width)
    shared: int | None = None
    names = 0
    for place, item in enumerate(items):
        group = item.group
        if item.error is not None:
            rows.append(Row(place, partial(error_line, item.error, names, glyphs)))
            if shared is not None:
                rows.append(Row(place, partial(message_line, item.error, shared, glyphs)))
            continue
        is_open = item.identity in opened
        if fits(group, sides):
            rows.append(Row(place, partial(group_line, group, is_open, sides, glyphs)))
        else:
            lines = group_lines(group, is_open, sides, glyphs)
            rows += [fixed_row(place, line) for line in lines]
        if not is_open:
            rows.append(Row(place, partial(targets_line, group, glyphs)))
            if len(items) == 1 and _shared(group) is None:
                rows += [fixed_row(place, line) for line in said_once(group, glyphs, width)]
            continue
        shared, names = _shared(group), widest_name(group)
        if shared is None:
            rows += [fixed_row(place, line) for line in said_once(group, glyphs, width)]
    return rows


def _shared(group: ErrorGroup) -> int | None:
    """Return how many characters the messages of a group begin with in common.

    None where they are all alike.
    """
    low = min(error.message for error in group.members)
    high = max(error.message for error in group.members)
    if low == high:
        return None
    least, most = 0, min(len(low), len(high))
    while least < most:  # halving compares whole stretches: a message may be a book
        middle = (least + most + 1) // 2
        if low[least:middle] == high[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least
