"""What has been committed between two answers to the same question."""

from __future__ import annotations

from zos_monitor.store.database import Reader
from zos_monitor.store.probe import Delta, Marks, read_marks


class Commits:
    """Remembers the marks of the last answer. To be asked within the transaction of the next."""

    def __init__(self) -> None:
        self.open_runs: frozenset[int] = frozenset()
        """The runs that were open then, by row number, as far as known."""
        self._marks: Marks | None = None
        self._polled: object = None  # the root of the poll's marks that were taken up last
        self._runs: int | None = None  # how many there are in this transaction, once counted

    async def since(self, reader: Reader, polled: Marks | None) -> Delta | None:
        """Return what happened since the last answer, None where all may be otherwise.

        ``polled`` are the poll's marks: it goes on to search old rows for open runs, and where its
        marks have begun anew everything is to be looked at again.
        """
        last, self._runs = self._marks, None
        if polled is not None and polled.root is not self._polled:  # only once: they may be old
            self._polled = polled.root
            if last is None or last.root is not polled.root:
                last = polled
        self._marks, before = await read_marks(reader, last, hints=polled), self._marks
        self.open_runs = self._marks.open_runs
        return self._marks.delta(before)

    async def count_runs(self, reader: Reader) -> int:
        """Return how many runs there are, of whatever kind."""
        if self._marks is not None and self._marks.runs is not None:
            return self._marks.runs
        if self._runs is None:
            (row,) = await reader.rows("SELECT count(*) FROM layer_runs")
            self._runs = int(row[0])
        return self._runs
