"""Figures and instants in the few characters that a column or a fact has room for."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

NOTHING = "—"
"""What stands where a figure is not recorded; it is not a zero."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SOON = 5  # seconds
_AGES = timedelta(days=9999)


def duration(span: timedelta | None) -> str:
    """Return a span in at most two units, such as ``4s``, ``3m 20s``, ``1h 05m`` or ``3d 4h``."""
    if span is None:
        return NOTHING
    seconds = int(span.total_seconds())
    if seconds < 0:
        return f"-{duration(-span)}"
    if seconds < _MINUTE:
        return f"{seconds}s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m {seconds % _MINUTE:02}s"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h {seconds % _HOUR // _MINUTE:02}m"
    return f"{seconds // _DAY:,}d {seconds % _DAY // _HOUR}h"


def finely(span: timedelta | None) -> str:
    """Return a span as ``duration`` does, below ten seconds to the tenth: ``4.2s``, ``<0.1s``."""
    if span is None:
        return NOTHING
    seconds = span.total_seconds()
    if seconds <= 0 or seconds >= 10:
        return duration(span)
    tenths = "10" if seconds >= 9.95 else f"{seconds:.1f}"
    return f"{tenths}s" if seconds >= 0.1 else "<0.1s"


def ago(instant: datetime, now: datetime) -> str:
    """Return how long ago an instant was, in one unit; it turns over once a minute at most."""
    seconds = int((now - instant).total_seconds())
    if seconds < 0:
        return f"in {_one_unit(-seconds)}" if seconds <= -_MINUTE else "just now"
    return f"{_one_unit(seconds)} ago" if seconds >= _MINUTE else "just now"


def _one_unit(seconds: int) -> str:
    if seconds < _MINUTE:
        return f"{seconds}s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR}h"
    return f"{seconds // _DAY:,}d"


def time_left(left: tuple[timedelta, timedelta] | None) -> str:
    """Return how long something will take yet, at least and at most; None is a dash.

    One figure is told to 5 s below a minute, to 10 s below five, else to the minute, a range to
    10 s or the minute: few enough changes for a line that is always on the screen.
    """
    if left is None:
        return NOTHING
    low, high = (min(max(span, timedelta()), _AGES).total_seconds() for span in left)
    if high < _SOON:
        return "any moment"
    if low == high:
        return f"about {_roughly(high, 5, 10)} left"
    if low < _SOON:
        return f"up to {_roughly(high, 10, _MINUTE)} left"
    least, most = (_roughly(seconds, 10, _MINUTE) for seconds in (low, high))
    return f"about {most} left" if least == most else f"{least} to {most} left"


def _roughly(seconds: float, below_one_minute: int, below_five: int) -> str:
    """Return seconds, rounded to as many of them; to minutes from five on, then to hours."""
    for limit, step in ((_MINUTE, below_one_minute), (5 * _MINUTE, below_five), (_DAY, _MINUTE)):
        rounded = max(int(seconds / step + 0.5), 1) * step
        if rounded < limit:
            break
    else:
        rounded = int(seconds / _HOUR + 0.5) * _HOUR
    words = duration(timedelta(seconds=rounded))
    return words.removesuffix(" 00s").removesuffix(" 00m").removesuffix(" 0h")


def when(instant: datetime | None, now: datetime, zone: tzinfo) -> str:
    """Return an instant for a column (11 characters): relative within a day, else its date."""
    if instant is None:
        return NOTHING
    if abs(now - instant) < timedelta(days=1):
        return ago(instant, now)
    local, today = in_zone(instant, zone), now.astimezone(zone)
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"


def exactly(instant: datetime | None, zone: tzinfo) -> str:
    """Return an instant to the second with its zone's name."""
    if instant is None:
        return NOTHING
    local = in_zone(instant, zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    """Return an instant in a zone; one at the end of all years stays in its own."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def clock_time(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """Return the time of day of an instant, with its date before it where that isn't today."""
    local = in_zone(instant, zone)
    same_day = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M:%S}" if same_day else f"{local:%Y-%m-%d %H:%M:%S}"


def cost(dollars: float | None) -> str:
    """Return US dollars to the cent, smaller sums to three places; none recorded is a dash."""
    if dollars is None:
        return NOTHING
    if 0 < dollars < 0.01:
        return "<$0.001" if dollars < 0.001 else f"${dollars:.3f}"
    return f"${dollars:,.2f}" if dollars < 10_000 else f"${_metric(dollars)}"


def partial_cost(dollars: float | None, uncosted: int) -> str:
    """Return a sum of costs, with a plus sign where ``uncosted`` runs have none recorded."""
    return cost(dollars) + ("+" if uncosted and dollars is not None else "")


def uncosted(runs: int) -> str:
    """Return how many runs a sum of costs leaves out, such as ``+2 runs without cost``."""
    return f"+{plural(runs, 'run')} without cost" if runs else ""


def compact(number: int | None) -> str:
    """Return a whole number in at most six characters, such as ``950``, ``28.5k`` or ``1.2M``."""
    if number is None:
        return NOTHING
    return str(number) if abs(number) < 1000 else _metric(number)


def _metric(number: float) -> str:
    import humanize  # large numbers are rare in the first rows

    return humanize.metric(number, precision=3).replace(" ", "")


def grouped(number: int | None) -> str:
    """Return a whole number with its thousands grouped."""
    return NOTHING if number is None else f"{number:,}"


def percent(share: float | None) -> str:
    """Return a share (0 to 1) as whole per cent; 100 only where nothing at all is missing."""
    if share is None:
        return NOTHING
    whole = round(share * 100)
    if share < 1:
        whole = min(whole, 99)
    if share > 0:
        whole = max(whole, 1)
    return f"{whole}%"


def plural(number: int, word: str) -> str:
    """Return a number with its word, such as ``1 run`` or ``1,234 runs``."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")
