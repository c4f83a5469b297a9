"""How often a long question may be asked again: by how long its last answer has taken."""

from __future__ import annotations

_REST = 20
"""How many times as long as an answer has taken the next one waits: it takes 5 % of the time."""

_AT_ONCE = 0.1
_GAP = 4
_LONGEST = 1.0


def seconds_between(looks: float, took: float) -> float:
    """Return how long to wait between two looks at the database, in seconds.

    ``looks`` is how long by itself, ``took`` how long it took to ask everything again. Where that
    is more than a moment there are times without a question, in which zos can fold its log away,
    however often it commits; but a fault is noticed within a second all the same.

    >>> seconds_between(0.25, 0.05), seconds_between(0.25, 0.2), seconds_between(0.25, 3.0)
    (0.25, 0.8, 1.0)
    """
    return looks if took < _AT_ONCE else max(looks, min(_LONGEST, _GAP * took))


class Pace:
    """Times are readings of one clock that never goes back, in seconds.

    >>> pace = Pace()
    >>> pace.wait(100.0)
    0.0
    >>> pace.answered(began=100.0, ended=100.5)
    >>> pace.wait(102.5)
    8.0
    """

    def __init__(self) -> None:
        self._ready = 0.0

    def answered(self, *, began: float, ended: float) -> None:
        """Note from when until when an answer was worked at, whether or not it came."""
        self._ready = ended + _REST * max(0.0, ended - began)

    def wait(self, now: float) -> float:
        """Return for how long the question is not yet to be asked again."""
        return max(0.0, self._ready - now)
