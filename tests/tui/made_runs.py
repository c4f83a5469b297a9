"""Runs that are made up, for tests of what is said of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.tui.driving import NOW
from zos_monitor.model.progress import Progress
from zos_monitor.model.runs import RunDetail, RunKey, Usage
from zos_monitor.model.states import OPEN_STATES, Activity, RunState

LAYER = "nightly-user-reflection"
STARTED = NOW - timedelta(minutes=5)


def made_progress(matched: int | None, done: int = 0, **parts: int) -> Progress:
    return Progress(matched=matched, done=done, **parts)  # type: ignore[arg-type]


def made_run(
    state: RunState = RunState.RUNNING,
    *,
    id: str = "run",
    layer: str = LAYER,
    last: datetime | None = NOW,
    progress: Progress | None = None,
    usage: Usage | None = None,
    **columns: object,
) -> RunDetail:
    """Return a run that began five minutes ago; ``last`` is an open one's last activity."""
    is_open = state in OPEN_STATES
    fields: dict[str, object] = {
        "key": RunKey("2026-11-21 11:55:00.000000", 1),
        "id": id,
        "layer_name": layer,
        "status": "dry" if is_open else str(state),
        "state": state,
        "started_at": STARTED,
        "completed_at": None if is_open else NOW,
        "targets_matched": progress.matched if progress is not None else 1,
        "targets_processed": 0,
        "targets_skipped": 0,
        "insights_created": 0,
        "error_count": 0,
        "usage": usage or Usage(),
        "activity": Activity(state, last) if is_open else None,
        "progress": progress,
        **dict.fromkeys(("model_profile", "model_provider", "model_name")),
        **dict.fromkeys(("tokens_input", "tokens_output", "tokens_total", "insights_stored")),
        "layer_hash": "5f0c1ab2d94e7736",
        "errors": (),
    }
    return RunDetail(**fields | columns)  # type: ignore[arg-type]
