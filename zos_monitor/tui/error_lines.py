"""What the lines of the errors tab read, each as wide as there is room."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from zos_monitor.model import phrases
from zos_monitor.model.text import one_line, visible
from zos_monitor.tui.cells import fit
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.run_columns import elapsed
from zos_monitor.tui.wrapping import Paragraph

if TYPE_CHECKING:
    from zos_monitor.model.error_groups import ErrorGroup
    from zos_monitor.model.errors import RunError
    from zos_monitor.model.runs import RunDetail
    from zos_monitor.tui.glyphs import Glyphs
    from zos_monitor.tui.run_columns import Setting

CAUSE, COUNT, NODE = "text--strong", "run--failed", "text--accent"
MUTED, EMPTY, PLAIN = "text--muted", "text--empty", ""

EMPTY_MESSAGE = "(the message is empty)"

_LEAST_NODE = 6
_LEAD = 2
"""Cells before a group's cause; its errors stand as far in again."""
_READ = 1000
"""Characters of a message that are made safe to show; a line shows fewer."""
_SHARED_LINES = 3
"""Lines at most for the message that all errors of a group have."""
_BEFORE = 24
"""Characters at most that a line shows of what messages share before they differ."""
_MOST_NAME, _LEAST_KEY = 28, 8
"""Cells at most for a target's name, and at least for its key, in a line that has both."""


class Sides(NamedTuple):
    """How wide the columns of the groups' lines are, in cells."""

    cause: int
    times: int
    node: int


def sides_of(groups: Sequence[ErrorGroup], glyphs: Glyphs, width: int) -> Sides:
    """Return how wide the columns of some groups are to be, in lines of ``width`` cells."""
    causes, times, nodes = (
        max(map(cell_len, words), default=0)
        for words in (
            (one_line(group.cause) for group in groups),
            (_times(group, glyphs) for group in groups),
            (_node(group) for group in groups),
        )
    )
    node = min(nodes, max(_LEAST_NODE, width // 3))
    return Sides(max(1, min(causes, width - _LEAD - times - node - 4)), times, node)


def fits(group: ErrorGroup, sides: Sides) -> bool:
    """Tell whether a group's cause takes no more than one line."""
    return cell_len(one_line(group.cause)) <= sides.cause


def group_line(group: ErrorGroup, is_open: bool, sides: Sides, glyphs: Glyphs, width: int) -> Line:
    """Return the line of a group whose cause takes no more than one."""
    return next(group_lines(group, is_open, sides, glyphs))


def group_lines(group: ErrorGroup, is_open: bool, sides: Sides, glyphs: Glyphs) -> Iterator[Line]:
    """Yield a group's cause, in lines that wrap; the first also tells how many errors, and where.

    A cause is cut nowhere: what tells it from another one may stand at its end.
    """
    sign = fit(glyphs.opened if is_open else glyphs.shut, _LEAD)
    times = fit(_times(group, glyphs), sides.times, align="right")
    node = fit(_node(group), sides.node, ellipsis=glyphs.ellipsis)
    node_style = NODE if group.node is not None else MUTED
    aside: Line = Cell(f"  {times}", COUNT), Cell(f"  {node}", node_style)
    for line in Paragraph((Cell(one_line(group.cause), CAUSE),)).lines(sides.cause):
        text = "".join(cell.text for cell in line)
        yield Cell(sign), Cell(fit(text, sides.cause), CAUSE), *aside
        sign, aside = " " * _LEAD, ()


def _times(group: ErrorGroup, glyphs: Glyphs) -> str:
    return f"{glyphs.times}{len(group.members):,}"


def _node(group: ErrorGroup) -> str:
    return one_line(group.node[:_READ]) if group.node is not None else "no node"


def targets_line(group: ErrorGroup, glyphs: Glyphs, width: int) -> Line:
    """Return the targets that a group's errors hit."""
    words = targets_hit(group.members, width - _LEAD, glyphs)
    return Cell(" " * _LEAD), Cell(words, MUTED)


def targets_hit(errors: Sequence[RunError], width: int, glyphs: Glyphs) -> str:
    """Return the targets of some errors by their names, as many as ``width`` cells have room for.

    Those left out are counted; one that was hit several times tells how often.
    """
    times = Counter(error.topic for error in errors)
    named = {error.topic: error.topic_name for error in errors}
    between = f" {glyphs.dot} "
    told = ""
    fits, left = "", len(times)  # the last that has room for how many are left out
    for number, (topic, count) in enumerate(times.items(), start=1):
        name = _name(topic, named[topic]) + (f" {glyphs.times}{count:,}" if count > 1 else "")
        told = f"{told}{between}{name}" if told else name
        if cell_len(told) > width:
            break
        if cell_len(told) + cell_len(_more(len(times) - number, between)) <= width:
            fits, left = told, len(times) - number
    if fits:
        return fits + _more(left, between)
    (topic, *others) = times
    more = _more(len(others), between)
    room = max(1, width - cell_len(more))
    return fit(_name(topic, named[topic]), room, ellipsis=glyphs.ellipsis).rstrip() + more


def _more(count: int, between: str) -> str:
    return f"{between}+{count:,} more" if count else ""


def _name(topic: str | None, name: str | None) -> str:
    words = name or topic
    return one_line(words[:_READ]) if words is not None else "no topic"


def said_once(group: ErrorGroup, glyphs: Glyphs, width: int) -> Iterator[Line]:
    """Yield the first lines of the message that all errors of a group have.

    The last of them ends in an ellipsis where the message goes on. Of a traceback they are those
    of the exception at its end: it begins with what tells least.
    """
    from zos_monitor.model.tracebacks import last_exception  # most runs have no errors

    message = group.members[0].message
    message = last_exception(message) or message
    begins = visible(message[:_READ])
    lines = [line for line in begins.split("\n") if line.strip()]
    style, room = PLAIN if lines else EMPTY, max(1, width - _LEAD)
    wrapped = (
        "".join(cell.text for cell in line)
        for text in lines or [EMPTY_MESSAGE]
        for line in Paragraph((Cell(text),)).lines(room)
    )
    told = list(islice(wrapped, _SHARED_LINES + 1))
    if len(told) > _SHARED_LINES or len(message) > _READ:
        told = told[:_SHARED_LINES]
        last = f"{told[-1].rstrip()} {glyphs.ellipsis}"
        told[-1] = fit(last, room, ellipsis=glyphs.ellipsis).rstrip()
    yield from ((Cell(" " * _LEAD), Cell(text, style)) for text in told)


def widest_name(group: ErrorGroup) -> int:
    """Return how many cells the widest name of a group's targets is to have."""
    names = (one_line(error.topic_name[:_READ]) for error in group.members if error.topic_name)
    return min(_MOST_NAME, max(map(cell_len, names), default=0))


def error_line(error: RunError, names: int, glyphs: Glyphs, width: int) -> Line:
    """Return the target of an error by its name and its key."""
    room = max(1, width - 2 * _LEAD)
    indent = Cell(" " * (2 * _LEAD))
    if error.topic is None:
        return indent, Cell("no topic", MUTED)
    key = one_line(error.topic[-_READ:])
    if not error.topic_name:
        return indent, Cell(_end_of(key, room, glyphs))
    name_room = min(names, room)
    name = Cell(fit(one_line(error.topic_name[:_READ]), name_room, ellipsis=glyphs.ellipsis))
    left = room - name_room - 2
    if left < _LEAST_KEY:
        return indent, name
    return indent, name, Cell(f"  {_end_of(key, left, glyphs)}", MUTED)


def _end_of(key: str, width: int, glyphs: Glyphs) -> str:
    """Return a topic's key cut at its beginning: keys differ in their ends."""
    if cell_len(key) <= width:
        return key
    kept = key[-width:]
    while cell_len(kept) > width - 1:
        kept = kept[1:]
    return glyphs.ellipsis + kept


def message_line(error: RunError, shared: int, glyphs: Glyphs, width: int) -> Line:
    """Return what an error says, from where it differs from the others of its group."""
    room = max(1, width - 2 * _LEAD)
    words = from_difference(error.message, shared, glyphs)
    style = MUTED if words else EMPTY
    words = words or EMPTY_MESSAGE
    return Cell(" " * (2 * _LEAD)), Cell(fit(words, room, ellipsis=glyphs.ellipsis), style)


def from_difference(message: str, shared: int, glyphs: Glyphs) -> str:
    """Return how a message goes on after ``shared`` characters, begun at a word, in one line."""
    start = shared
    if start > _BEFORE:
        begins = [match.end() for match in re.finditer(r"\s", message[start - _BEFORE : start])]
        start -= _BEFORE - begins[0] if begins else 0
    else:
        start = 0
    words = one_line(message[start : start + _READ])
    return f"{glyphs.ellipsis} {words}" if start else words


def head(run: RunDetail, groups: Sequence[ErrorGroup], setting: Setting, width: int) -> Line:
    """Return in one line what a run with errors came to, as far as ``width`` cells go."""
    from zos_monitor.model.causes import identity  # at hand by now: the groups have causes

    count = sum(len(group.members) for group in groups)
    causes = len({identity(group.cause) for group in groups})
    early = " so far, from its failed calls" if not run.errors else ""
    parts = [f"{phrases.plural(count, 'error')} of {phrases.plural(causes, 'cause')}{early}"]
    if not run.open:
        done, matched = map(phrases.grouped, (run.targets_processed, run.targets_matched))
        parts.append(f"{done} of {matched} targets")
    parts.append(phrases.cost(run.usage.cost_usd))
    parts.append(elapsed(run, setting.now))
    if run.started_at is not None:
        parts.append(phrases.clock_time(run.started_at, setting.now, setting.zone))
    words = [part for part in parts if part != phrases.NOTHING]
    room = width - cell_len(words[0])
    kept: list[str] = []
    for part in words[1:]:
        room -= cell_len(part) + 2
        if room < 0:
            break
        kept.append(part)
    told = fit(words[0], min(width, cell_len(words[0])), ellipsis=setting.glyphs.ellipsis)
    return Cell(told, COUNT), Cell("".join(f"  {part}" for part in kept), MUTED)
