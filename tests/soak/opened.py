"""The true program by another clock: ``python -m tests.soak.opened CALENDAR FILE ARGUMENT…``.

On SIGUSR1 it writes figures of its inside to the file, in JSON; on SIGUSR2 with the number of
objects of each type, which takes longer; on SIGURG it writes where its tasks and threads stand.
Nothing else differs from ``zos-monitor ARGUMENT…``.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from tests.soak.calendar import Calendar
from tests.soak.figures import Inside, waits_of
from tests.soak.stacks import stacks

if TYPE_CHECKING:
    from zos_monitor.polling import Poll

_PACKAGES = ("textual", "rich", "zos_monitor")
_waits: list[float] = []
_looks = [0]
_refreshes = [0]
AS_EVER = "now"
"""In the place of a calendar: the clock as it is."""


def main() -> None:
    """Run what the command line says."""
    told = Path(sys.argv[2])
    if sys.argv[1] != AS_EVER:
        from zos_monitor.model import jumps, times

        # Before anything else is imported: all of the program takes the time from here.
        times.utc_now = Calendar.read(sys.argv[1]).now
        # Else every look at the calendar would be a jump, after which all is asked again: nobody
        # would notice a poll that says nothing.
        jumps.LEAST_JUMP = timedelta.max
    _measure_keys()
    _count()

    def tell(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGURG:
            answer: object = stacks(asyncio.events._get_running_loop())
        else:
            answer = _inside(types=number == signal.SIGUSR2)
        part = told.with_suffix(".part")
        part.write_text(json.dumps(answer), encoding="utf-8")
        part.replace(told)

    signal.signal(signal.SIGUSR1, tell)
    signal.signal(signal.SIGUSR2, tell)
    signal.signal(signal.SIGURG, tell)
    sys.argv = ["zos-monitor", *sys.argv[3:]]
    from zos_monitor.cli import main as program

    program()


def _measure_keys() -> None:
    """Note for each key how long it took from the terminal until it was dealt with."""
    from textual import events

    from zos_monitor.tui.app import MonitorApp

    deal_with: Callable[[MonitorApp, events.Event], Awaitable[None]] = MonitorApp.on_event

    async def on_event(app: MonitorApp, event: events.Event) -> None:
        await deal_with(app, event)
        if isinstance(event, events.Key):
            _waits.append(time.monotonic() - event.time)

    MonitorApp.on_event = on_event  # type: ignore[assignment, method-assign]


def _count() -> None:
    from zos_monitor.polling import Poll
    from zos_monitor.tui.feed import Feed

    look = Poll._look

    async def counted(poll: Poll) -> Any:  # noqa: ANN401
        _looks[0] += 1
        return await look(poll)

    Poll._look = counted  # type: ignore[assignment, method-assign]

    refresh = Feed.refresh

    async def refreshed(feed: Feed) -> None:
        _refreshes[0] += 1
        await refresh(feed)

    Feed.refresh = refreshed  # type: ignore[assignment, method-assign]


def _inside(*, types: bool) -> Inside:
    gc.collect()
    objects = gc.get_objects()
    kinds = [type(one) for one in objects]
    names = Counter(f"{kind.__module__}.{kind.__qualname__}" for kind in kinds)
    loop: Any = asyncio.events._get_running_loop()
    timers = getattr(loop, "_scheduled", ())
    waits = waits_of(_waits)
    _waits.clear()
    return Inside(
        tasks=len(asyncio.all_tasks(loop)) if loop is not None else 0,
        timers=sum(not timer.cancelled() for timer in timers),
        threads=threading.active_count(),
        connections=names["sqlite3.Connection"],
        objects=len(objects),
        blocks=sys.getallocatedblocks(),
        cached=sum(map(_remembered, _remembering())),
        widgets=_widgets(kinds),
        looks=_looks[0],
        refreshes=_refreshes[0],
        waits=waits,
        types=dict(names.most_common(400)) if types else {},
    )


def _remembering() -> Iterator[object]:
    """Yield all that modules and their classes hold."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in _PACKAGES:
            continue
        for one in list(vars(module).values()):
            yield one
            if isinstance(one, type) and one.__module__ == name:
                yield from (getattr(each, "__func__", each) for each in vars(one).values())


def _remembered(one: object) -> int:
    """Return how many answers a function remembers that remembers so many at most, else 0."""
    if not isinstance(one, functools._lru_cache_wrapper):
        return 0
    told = one.cache_info()
    return told.currsize if told.maxsize is not None else 0


def _widgets(kinds: list[type[object]]) -> int:
    module = sys.modules.get("textual.widget")
    if module is None:
        return 0
    return sum(issubclass(kind, module.Widget) for kind in kinds)


if __name__ == "__main__":
    os.environ.pop("COLUMNS", None)
    main()
