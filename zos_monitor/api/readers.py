"""Who reads from afar: each has lists of its own, and has been told something else last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from datetime import tzinfo

from zos_monitor.model.present import Present
from zos_monitor.questions import Looker, Service, Shared

MOST_READERS = 8
"""How many readers keep their lists; of more, those that asked last."""

MOST_WATCHERS = 32
"""How many watchers are told what has turned since they asked; of more, those that asked last."""


@dataclass(slots=True)
class _Reader:
    service: Service
    questions: int = 0  # that are being answered


class Readers:
    """Has a service for each watcher and zone.

    A list is one for whom "7 days ago" is one instant. Were it shared, each of two dashboards
    would have it counted anew for its own present.
    """

    def __init__(self, service: Shared) -> None:
        self._service = service
        self._kept: OrderedDict[tuple[str, str], _Reader] = OrderedDict()

    @asynccontextmanager
    async def reading(self, watcher: str, zone: tzinfo, zone_name: str) -> AsyncIterator[Service]:
        """Have a service to ask; it is kept at least for that long."""
        key = watcher, zone_name
        reader = self._kept.get(key)
        if reader is None:
            reader = self._kept[key] = _Reader(self._service.reader(zone))
        self._kept.move_to_end(key)
        reader.questions += 1
        try:
            yield reader.service
        finally:
            reader.questions -= 1
            self._let_go()

    def _let_go(self) -> None:
        idle = [key for key, reader in self._kept.items() if not reader.questions]
        for key in idle[: max(0, len(self._kept) - MOST_READERS)]:
            self._service.dismiss(self._kept.pop(key).service)


class Watchers:
    """Tells each watcher what has turned since it was told last.

    An answer may get lost on its way. So a watcher says how many it has got, and what was told in
    one that it has not got is told again.
    """

    def __init__(self, service: Shared) -> None:
        self._service = service
        self._known: OrderedDict[str, dict[int, Looker]] = OrderedDict()

    async def look(self, watcher: str, seen: int) -> Present:
        """Return what is going on, and what has turned since the answer numbered ``seen``."""
        before = self._known.get(watcher, {}).get(seen) or self._service.presence()
        after = copy(before)
        answer = await after.look()
        self._known[watcher] = {seen: before, seen + 1: after}
        self._known.move_to_end(watcher)
        while len(self._known) > MOST_WATCHERS:
            self._known.popitem(last=False)
        return answer
