"""How long totals take that nobody asked for before, beside the plain SQL with cost from calls."""

from __future__ import annotations

import asyncio
import time

from tests.bench.figures import Bar, Figure
from tests.bench.plain import plain, since
from tests.bench.setting import Setting
from zos_monitor.model.filters import parse_filter
from zos_monitor.service import RunService


def totals(setting: Setting) -> list[Figure]:
    """Totals of 7 and 30 days, each time by a service that has just been made."""
    figures = []
    with plain(setting.large) as asking:
        for days in (7, 30):
            ours, plainly = [], []
            # The first turn only warms up.
            for turn in range(1 + setting.times(9, 4)):
                taken = asyncio.run(_first_totals(setting, days))
                baseline = asking.totals(*since(setting.now, days))
                if turn:
                    ours.append(taken * 1000)
                    plainly.append(baseline * 1000)
            figures.append(
                Figure(
                    group="totals",
                    name=f"totals {days} days, first time",
                    unit="ms",
                    samples=ours,
                    against="plain SQL with cost from calls",
                    baseline=plainly,
                    bar=Bar(ratio=0.2),
                )
            )
    return figures


async def _first_totals(setting: Setting, days: int) -> float:
    service = RunService(setting.large, clock=lambda: setting.now)
    begun = time.perf_counter()
    await service.totals(parse_filter(f"since:{days}d"))
    taken = time.perf_counter() - begun
    await service.closed()
    return taken
