"""What is asked of an order of runs: which runs stand in which rows of one filter's list."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod

from zos_monitor.commits import Commits
from zos_monitor.model.runs import RunKey
from zos_monitor.store.database import Reader
from zos_monitor.store.probe import Marks
from zos_monitor.store.scope import Scope

STEP_SECONDS = 0.025
"""How long a step of a walk is meant to keep its read transaction open."""

MANY_RUNS = 20_000
"""Where more runs than these have changed, all are gone through anew."""


class Order(ABC):
    """Finds a filter's runs by walking over all runs, in steps, and keeps what it has found.

    Every use begins with ``catch_up``, in the same transaction. Rows count from 0; in ``reverse``
    they count from the other end, which is known once all runs are counted. A step that was cut off
    leaves nothing half done: all is then begun anew.
    """

    def __init__(self) -> None:
        self.version = int.from_bytes(os.urandom(6))
        """Another one whenever other runs match than before, or stand in another order.

        It begins anywhere, so that one that takes the place of another, maybe in a server that was
        started again, is not taken for it.
        """
        self._commits = Commits()
        self._whole = False  # whether the last change was brought to its end, and not cut off
        self._meaning: object = None  # what the scope meant then

    @property
    @abstractmethod
    def matched(self) -> int:
        """How many runs match, of those found so far unless ``counted``."""

    @property
    @abstractmethod
    def counted(self) -> bool:
        """Whether ``matched`` is the whole number."""

    @abstractmethod
    async def catch_up(self, reader: Reader, scope: Scope, known: Marks | None) -> None:
        """Take in what was committed since the last time; ``known`` are the poll's marks."""

    @abstractmethod
    async def walk_on(self, reader: Reader, scope: Scope) -> None:
        """Go through further runs, for about ``STEP_SECONDS``."""

    async def settle(self) -> None:  # noqa: B027 (most orders have nothing left to do)
        """Do what is left to do while zos's file is closed."""

    async def close(self) -> None:  # noqa: B027 (most orders hold nothing)
        """Let go of what is held."""

    @abstractmethod
    def reaches(self, scope: Scope, row: int) -> bool:
        """Tell whether the runs in the rows before this one can be found by now."""

    @abstractmethod
    def reaches_run(self, scope: Scope, key: RunKey) -> bool:
        """Tell whether the row of a run can be found by now."""

    @abstractmethod
    async def keys(
        self, reader: Reader, scope: Scope, row: int, limit: int, *, reverse: bool = False
    ) -> list[RunKey]:
        """Return the runs in the rows from ``row`` on, as far as they are reached."""

    @abstractmethod
    async def row(
        self, reader: Reader, scope: Scope, key: RunKey, *, reverse: bool = False
    ) -> int | None:
        """Return the row of a run; None where it does not match, or is not reached."""

    async def count_all(self, reader: Reader) -> int:
        """Return how many runs there are, of whatever kind."""
        return await self._commits.count_runs(reader)
