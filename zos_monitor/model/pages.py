"""Pages of runs: an answer that leaves the program as JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from zos_monitor.model.runs import RunKey, RunSummary


class RunPage(BaseModel):
    """A page of runs, newest first, with the key that asks for the next older page.

    ``total`` counts all runs that the filter matches; ``next_after`` is None on the last page.
    """

    model_config = ConfigDict(frozen=True)

    runs: tuple[RunSummary, ...]
    total: int
    next_after: RunKey | None
