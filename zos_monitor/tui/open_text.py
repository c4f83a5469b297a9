"""Open runs as lines: how far each one is, what it has cost so far and when it may end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.cells import cell_len

from zos_monitor.model import phrases
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import fit
from zos_monitor.tui.glyphs import Glyphs
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.run_columns import Setting, elapsed

if TYPE_CHECKING:
    from zos_monitor.model.eta import Eta
    from zos_monitor.model.present import OpenRun

_MUTED = "strip--muted"
_NAME, _BAR, _NARROW_BAR = 27, 18, 10
_WIDE = 110
_MANY = 100_000
_QUIET = timedelta(minutes=1)  # from this silence on it is told


def open_lines(
    runs: Sequence[OpenRun], setting: Setting, width: int, most: int, lacking: str = ""
) -> list[Line]:
    """Return a line for each run, those that run before those that are stalled.

    Where there are more than ``most``, the last line says how many more. ``lacking`` says why no
    progress is told, in its place; where there is no run at all, in theirs.
    """
    if most <= 0:
        return []
    if lacking and not runs:
        return [(Cell(fit(f" {lacking}", width, ellipsis=setting.glyphs.ellipsis), _MUTED),)]
    ordered = sorted(runs, key=lambda one: one.run.state is not RunState.RUNNING)
    shown = ordered if len(ordered) <= most else ordered[: max(0, most - 1)]
    lines = [_line(one, setting, width, lacking) for one in shown]
    if len(shown) < len(ordered):
        lines.append((Cell(f" and {len(ordered) - len(shown):,} more that are open", _MUTED),))
    return lines


def _line(one: OpenRun, setting: Setting, width: int, lacking: str) -> Line:
    run, glyphs = one.run, setting.glyphs
    untold = lacking if run.progress is None else ""
    state = f"run--{run.state}"
    narrow = width < _WIDE
    name = fit(one_line(run.layer_name), _NAME - 3 * narrow, ellipsis=glyphs.ellipsis)
    head: Line = (Cell(f" {glyphs.states[run.state]} ", state), Cell(f"{name} "))
    if not untold:
        head += (
            Cell(f"{bar(run, glyphs, _NARROW_BAR if narrow else _BAR)} ", state),
            Cell(f"{_done(run):>7}"),
        )
    room = width - sum(cell_len(cell.text) for cell in head)
    facts: list[Cell] = []
    for fact in _facts(one, setting, untold):  # what matters less is left out first
        piece = f" {glyphs.dot} {fact.text}"
        if (room := room - cell_len(piece)) < 0:
            break
        facts.append(Cell(piece, fact.style))
    return (*head, *facts)


def bar(run: RunSummary, glyphs: Glyphs, width: int) -> str:
    """Return a bar of ``width`` cells that is full as far as the run is; blank if nobody knows."""
    share = run.progress.share if run.progress is not None else None
    if share is None:
        return " " * width
    full, *parts, empty = tuple(glyphs.bar)
    steps = len(parts) + 1
    filled, rest = divmod(int(share * width * steps), steps)
    part = parts[rest - 1] if rest else ""
    return (full * filled + part).ljust(width, empty)


def _done(run: RunSummary) -> str:
    progress = run.progress
    if progress is None or progress.matched is None:
        return f"~{_count(progress.done)}" if progress is not None else phrases.NOTHING
    return f"~{_count(progress.done)}/{_count(progress.matched)}"


def _count(number: int) -> str:
    return str(number) if number < _MANY else phrases.compact(number)  # a row may say anything


def _facts(one: OpenRun, setting: Setting, untold: str) -> list[Cell]:
    run, now = one.run, setting.now
    errors = run.progress.errors if run.progress is not None else 0
    trouble = [Cell(phrases.plural(errors, "error"), "run--failed")] if errors else []
    if untold:
        stalled = [Cell(run.state, "run--stalled")] if run.state is RunState.STALLED else []
        facts = [*stalled, Cell(elapsed(run, now)), Cell(untold, _MUTED)]
    elif run.state is RunState.STALLED:  # then its silence matters most
        facts = [Cell(run.state, "run--stalled"), *_silence(run, now), *trouble]
    else:
        facts = [Cell(_left(one.eta, now)), *trouble, *_silence(run, now)]
    if run.usage.cost_usd is not None:
        facts.append(Cell(phrases.cost(run.usage.cost_usd)))
    if run.usage.calls is not None:
        facts.append(Cell(phrases.plural(run.usage.calls, "call"), _MUTED))
    if run.usage.tokens_total is not None:
        facts.append(Cell(f"{phrases.compact(run.usage.tokens_total)} tokens", _MUTED))
    return facts


def _silence(run: RunSummary, now: datetime) -> list[Cell]:
    """Return when the last activity was, unless it was just now."""
    last = run.activity.last if run.activity is not None else None
    if run.state is RunState.STALLED:
        words = f"last activity {phrases.ago(last, now)}" if last else "no activity known"
        return [Cell(words, "run--stalled")]
    if last is None or now - last < _QUIET:
        return []
    return [Cell(f"last activity {phrases.ago(last, now)}", _MUTED)]


def _left(eta: Eta | None, now: datetime) -> str:
    return phrases.time_left(eta.left(now)) if eta is not None else f"{phrases.NOTHING} left"


def strip_turns_at(runs: Sequence[OpenRun], now: datetime) -> datetime | None:
    """Return when the lines read otherwise by themselves: soon while an end is in sight."""
    if any(one.eta is not None and one.run.state is RunState.RUNNING for one in runs):
        return now.replace(microsecond=0) + timedelta(seconds=5 - now.second % 5)
    return None
