"""Where a run's time went: its calls as bars over it, and the waits in which there was none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from itertools import groupby
from typing import NamedTuple

from zos_monitor.model import phrases
from zos_monitor.model.workings import CallSpan, Target, Workings
from zos_monitor.tui.glyphs import Glyphs
from zos_monitor.tui.line_view import Cell, Line

LEAST_WAIT = timedelta(seconds=55)
"""From this time without a call on it is told as a wait: zos pauses 60 s on a rate limit."""

WATERFALL_STYLES = frozenset({"waterfall--call", "waterfall--failed", "waterfall--wait"})
"""The component classes of a bar's cells."""


class Mark(Enum):
    """What a cell of a bar stands for: of several calls the last, but one that failed is seen."""

    NOTHING = 0
    WAIT = 1
    CALL = 2
    NEXT_CALL = 3
    """Every second call of a target, so that calls without a pause are told apart."""
    FAILED = 4


_STYLES = {
    Mark.NOTHING: "",
    Mark.WAIT: "waterfall--wait",
    Mark.CALL: "waterfall--call",
    Mark.NEXT_CALL: "waterfall--call",
    Mark.FAILED: "waterfall--failed",
}


class Wait(NamedTuple):
    """A time in which no call of the run was under way."""

    began_at: datetime
    ended_at: datetime

    @property
    def lasted(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.began_at


class TimeUse(NamedTuple):
    """How a run's time was used: from when to when it was, with calls and without.

    ``busy`` is the time in which at least one call was under way. ``waits`` are at least
    ``LEAST_WAIT`` long, in the order of time. Where not all calls are known, the ``newest`` so many
    are; else it is None.
    """

    began_at: datetime
    ended_at: datetime
    busy: timedelta
    waits: tuple[Wait, ...]
    newest: int | None = None

    @property
    def lasted(self) -> timedelta:
        """The time that all bars span."""
        return self.ended_at - self.began_at


def time_use(workings: Workings) -> TimeUse | None:
    """Return how a run used its time; None where nothing is known of that."""
    spans = [span for target in workings.targets for span in target.spans]
    spans.sort(key=lambda span: (span.began_at, span.ended_at))
    begins = [at for at in (workings.began_at, *(span.began_at for span in spans[:1])) if at]
    ends = [at for at in (workings.ended_at, *(span.ended_at for span in spans)) if at]
    if not begins or not ends or max(ends) < min(begins):
        return None
    began_at, ended_at = min(begins), max(ends)
    known = len(workings.calls)
    newest = known if (workings.call_count or 0) > known else None
    # What came before the newest calls were calls that are not known, and no wait.
    reached = spans[0].began_at if spans and newest is not None else began_at
    busy, waits = timedelta(), []
    for span in spans:
        # A call whose latency is not recorded is a moment: it may have taken all that time.
        if span.began_at - reached >= LEAST_WAIT and span.ended_at > span.began_at:
            waits.append(Wait(reached, span.began_at))
        busy += max(timedelta(), span.ended_at - max(span.began_at, reached))
        reached = max(reached, span.ended_at)
    if spans and ended_at - reached >= LEAST_WAIT:
        waits.append(Wait(reached, ended_at))
    return TimeUse(began_at, ended_at, busy, tuple(waits), newest)


def waits_of(target: Target, use: TimeUse) -> list[Wait]:
    """Return the waits that ended with a call of this target: it is what they held up."""
    begins = {span.began_at for span in target.spans}
    return [wait for wait in use.waits if wait.ended_at in begins]


def marks(
    spans: Iterable[CallSpan], waits: Iterable[Wait], use: TimeUse, width: int
) -> tuple[Mark, ...]:
    """Return what each of ``width`` cells over a run's time stands for.

    A call has one cell at least, however short it was.
    """
    found = [Mark.NOTHING] * width
    if width <= 0:
        return ()
    for wait in waits:
        _mark(found, use, wait.began_at, wait.ended_at, Mark.WAIT)
    for number, span in enumerate(spans):
        mark = Mark.NEXT_CALL if number % 2 else Mark.CALL
        mark = Mark.FAILED if span.succeeded is False else mark
        _mark(found, use, span.began_at, span.ended_at, mark)
    return tuple(found)


def _mark(found: list[Mark], use: TimeUse, began: datetime, ended: datetime, mark: Mark) -> None:
    width, whole = len(found), use.lasted
    if whole <= timedelta():
        first, last = 0, 0
    else:
        first = min(max(0, int((began - use.began_at) / whole * width)), width - 1)
        # A call that ends where a cell begins is not in that cell.
        last = min(max(first, -int(-(ended - use.began_at) / whole * width // 1) - 1), width - 1)
    for cell in range(first, last + 1):
        if found[cell] is not Mark.FAILED:
            found[cell] = mark


def draw(found: Sequence[Mark], glyphs: Glyphs) -> Line:
    """Return a bar as a line, a sign for each cell."""
    shown = (" ", glyphs.wait, glyphs.call, glyphs.next_call, glyphs.failed_call)
    signs = dict(zip(Mark, shown, strict=True))
    runs = [(mark, len(list(cells))) for mark, cells in groupby(found)]
    return tuple(Cell(signs[mark] * length, _STYLES[mark]) for mark, length in runs)


def scale(lasted: timedelta, width: int) -> str:
    """Return the head of the bars: 0 at their left, the whole time at their right.

    The middle is told where there is room for it.
    """
    whole = phrases.finely(lasted)
    if width < len(whole) + 2:
        return whole.rjust(width) if len(whole) <= width else ""
    middle = phrases.finely(lasted / 2)
    left = width // 2 - len(middle) // 2 - 1  # the cells between the 0 and the middle
    right = width - 1 - left - len(middle) - len(whole)
    if left < 2 or right < 2 or not lasted:
        return "0" + whole.rjust(width - 1)
    return f"0{' ' * left}{middle}{' ' * right}{whole}"


def time_words(use: TimeUse, glyphs: Glyphs) -> tuple[str, str]:
    """Return how much of its time a run spent on calls, and its waits; the latter may be empty."""
    calls = f"newest {use.newest:,} calls" if use.newest is not None else "calls"
    words = f"{calls} took {phrases.finely(use.busy)} of {phrases.finely(use.lasted)}"
    if not use.busy:
        words = f"took {phrases.finely(use.lasted)}, no latency of a call is recorded"
    if not use.waits:
        return words, ""
    total = phrases.finely(sum((wait.lasted for wait in use.waits), timedelta()))
    return words, f"{glyphs.wait * 2} {phrases.plural(len(use.waits), 'wait')}, {total}"
