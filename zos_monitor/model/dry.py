"""Why a finished run is dry, where the data tells."""

from __future__ import annotations

from datetime import datetime

NO_TARGET = "no target matched"
NO_CALL = "no call was made"
NO_INSIGHT = "calls but no insight"


def told_calls(
    calls: int | None, *, started_at: datetime | None, recorded_from: datetime | None
) -> int | None:
    """Return the number of a run's calls, None where it tells nothing.

    Without any the run may be from before calls were recorded, which they were from an instant on
    (None for never), or they were deleted.
    """
    if calls:
        return calls
    recorded = recorded_from is not None and started_at is not None and recorded_from <= started_at
    return calls if recorded else None


def why_dry(targets_matched: int | None, calls: int | None, insights: int | None = None) -> str:
    """Return why a finished dry run made no insight, in words; empty where the data doesn't tell.

    ``calls`` counts the run's recorded calls, None where calls were not being recorded at its
    time. ``insights`` counts those that name the run: a dry run that has some is dry by its row
    only, and nothing explains that.

    >>> why_dry(0, None), why_dry(4, 0), why_dry(4, 9), why_dry(4, None)
    ('no target matched', 'no call was made', 'calls but no insight', '')
    """
    if insights:
        return ""
    if targets_matched == 0:
        return NO_TARGET
    if calls is None:
        return ""
    return NO_INSIGHT if calls > 0 else NO_CALL
