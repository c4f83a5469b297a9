"""What is said of failure groups: how old they are, in which order they stand, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from rich.cells import cell_len

from zos_monitor.model import phrases
from zos_monitor.model.failures import FailureGroup, Failures
from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import fit
from zos_monitor.tui.night_scale import NightScale, night_of
from zos_monitor.tui.run_columns import Setting

_DAY = timedelta(days=1)
_QUIET_AFTER = 3 * _DAY
_ABOUT_A_WEEK = 6 * _DAY
_FEW_NIGHTS = 31
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Age(StrEnum):
    """What a group's first and last errors make of it; most are neither new nor quiet."""

    NEW = "new"
    KNOWN = ""
    QUIET = "quiet"


def age(group: FailureGroup, failures: Failures, now: datetime) -> Age:
    """Tell how old a group is at the end of the window.

    It is new where its first error is at most a day old, in a window of about a week or more that
    was gone through as a whole: else there may well be older ones. It is quiet where its last error
    is more than three days old: at least three nights have been free of it. That a cause is over
    can't be told: its layer may start once a week.
    """
    end = _end(failures, now)
    if group.last_seen is not None and end - group.last_seen > _QUIET_AFTER:
        return Age.QUIET
    known = failures.share >= 1 and (failures.since is None or end - failures.since > _ABOUT_A_WEEK)
    if known and group.first_seen is not None and end - group.first_seen <= _DAY:
        return Age.NEW
    return Age.KNOWN


def _end(failures: Failures, now: datetime) -> datetime:
    return now if failures.until is None else min(now, failures.until)


def nights_of(failures: Failures, now: datetime, zone: tzinfo) -> tuple[date, date] | None:
    """Return the first and the last night to be seen; None where there are neither.

    They are those of the window. One of more than a month begins with its first error, as far as
    that leaves a month: nights without any say little in their hundreds.
    """
    last = night_of(_end(failures, now) - timedelta(microseconds=1), zone)
    first = night_of(failures.since, zone) if failures.since is not None else None
    month = last - (_FEW_NIGHTS - 1) * _DAY
    if first is None or first < month:
        begun = failures.first_night
        if begun is None:
            return None if first is None else (month, last)
        first = max(first or begun, min(begun, month))
    return min(first, last), last


# Order


class Order(StrEnum):
    """What groups are sorted by."""

    LAST = "last"
    ERRORS = "errors"
    FIRST = "first"
    RUNS = "runs"


_ORDER_WORDS = {
    Order.LAST: ("last seen first", "longest unseen first"),
    Order.ERRORS: ("most errors first", "fewest errors first"),
    Order.FIRST: ("newest first", "oldest first"),
    Order.RUNS: ("most runs first", "fewest runs first"),
}


class GroupSort(NamedTuple):
    """An order of groups, ``turned`` where it begins at its other end.

    By default what was last seen comes first, night by night, and within a night what has most
    errors: whoever asks what went wrong last night finds it at the top.
    """

    order: Order = Order.LAST
    turned: bool = False

    @property
    def next(self) -> GroupSort:
        """The order after this one."""
        orders = list(Order)
        return GroupSort(orders[(orders.index(self.order) + 1) % len(orders)])

    @property
    def words(self) -> str:
        """What stands first."""
        return _ORDER_WORDS[self.order][self.turned]

    def sorted(self, groups: Iterable[FailureGroup], zone: tzinfo) -> list[FailureGroup]:
        """Return the groups in this order, those that are alike by their causes."""
        by_cause = sorted(groups, key=lambda group: group.cause, reverse=self.turned)
        return sorted(by_cause, key=lambda group: self._rank(group, zone), reverse=not self.turned)

    def _rank(self, group: FailureGroup, zone: tzinfo) -> tuple[object, ...]:
        last, first = group.last_seen or _LONG_AGO, group.first_seen or _LONG_AGO
        match self.order:
            case Order.LAST:
                return night_of(last, zone), group.errors, last
            case Order.ERRORS:
                return group.errors, last
            case Order.FIRST:
                return first, group.errors
        return group.runs, group.errors


# Words


def names(counted: Sequence[tuple[str, int]], room: int, ellipsis: str) -> str:
    """Return as many names as fit into ``room`` cells, and how many more there are.

    >>> names([("reflect", 3), ("store", 2), ("fetch", 1)], 14, "~")
    'reflect +2'
    """
    told = [one_line(name) for name, _ in counted]
    for shown in range(len(told), 0, -1):
        more = f" +{len(told) - shown}" if shown < len(told) else ""
        text = ", ".join(told[:shown]) + more
        if cell_len(text) <= room:
            return text
        if shown == 1:
            least = max(1, room - len(more))
            return fit(told[0], min(least, cell_len(told[0])), ellipsis=ellipsis) + more
    return ""


def title(failures: Failures | None, span: str, room: int) -> str:
    """Return what is shown, with as much of its size as fits into ``room`` cells."""
    head = f"Failures by cause, {one_line(span)}"
    if failures is None:
        return head
    causes = phrases.plural(len(failures.groups), "cause")
    errors = phrases.plural(sum(group.errors for group in failures.groups), "error")
    runs = f"{failures.failing:,} of {phrases.plural(failures.runs, 'run')}"
    found = (f"{head}: {causes}, {errors} in {runs}", f"{head}: {causes}, {errors}", head)
    return next((words for words in found if len(words) <= room), head)


def no_errors(failures: Failures | None, span: str) -> str:
    """Return what stands where there are no groups."""
    if failures is None:
        return "Going through the runs"
    looked = f"{phrases.plural(failures.runs, 'run')} looked at"
    if failures.share < 1:
        return f"No errors so far: {looked}"
    span = one_line(span)
    if span.startswith("last "):
        span = f"in the {span}"
    elif not span.startswith(("since ", "until ")):
        span = f"in {span}"
    return f"No errors {span}: {looked}"


def facts(
    group: FailureGroup, failures: Failures, setting: Setting, scale: NightScale | None
) -> Iterator[str]:
    """Yield all that is known of a group but its cause, the most important first."""
    runs = phrases.plural(group.runs, "run")
    yield f"{phrases.plural(group.errors, 'error')} in {runs}{_in_nights(group, scale)}"
    first, last = _seen(group.first_seen, setting), _seen(group.last_seen, setting)
    yield f"seen only {last}" if first == last else f"first {first}; last {last}"
    yield f"{_counted('node', group.nodes)}; {_counted('layer', group.layers)}"


def _seen(instant: datetime | None, setting: Setting) -> str:
    if instant is None:
        return "at a time that is not recorded"
    return f"{phrases.exactly(instant, setting.zone)}, {phrases.ago(instant, setting.now)}"


def _in_nights(group: FailureGroup, scale: NightScale | None) -> str:
    if scale is None:
        return ""
    seen = {n: count for n, count in group.nights.items() if scale.first <= n <= scale.last}
    if not seen:
        return ""
    most = max(seen, key=lambda night: (seen[night], night))
    among = f", in {len(seen):,} of {phrases.plural(scale.nights, 'night')}"
    if len(seen) == 1:
        return f"{among}: {scale.name(most)}"
    return f"{among}, most on {scale.name(most)}: {seen[most]:,}"


def _counted(word: str, counted: Sequence[tuple[str, int]]) -> str:
    """Return names with their counts; one that has them all needs none."""
    if not counted:
        return f"no {word} recorded"
    if len(counted) == 1:
        return f"{word} {one_line(counted[0][0])}"
    told = ", ".join(f"{one_line(name)} {count:,}" for name, count in counted)
    return f"{word}s {told}"
