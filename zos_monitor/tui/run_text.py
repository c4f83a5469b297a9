"""A run's facts as styled text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from zos_monitor.model import phrases
from zos_monitor.model.past import COSTLY
from zos_monitor.model.runs import RunDetail, Source
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.run_columns import Setting, elapsed
from zos_monitor.tui.wrapping import Paragraph

if TYPE_CHECKING:
    from zos_monitor.model.nights import Origin

_LABEL_WIDTH = 10
_WHY_OPEN = {
    RunState.RUNNING: "",
    RunState.STALLED: "silent for longer than this layer's runs are; ",
    RunState.INTERRUPTED: "the layer has started again since; ",
}


def facts(run: RunDetail, setting: Setting, *, with_utc: bool = False) -> Iterator[Paragraph]:
    """Yield what a run's columns and calls say of it, a line for each fact, with its label.

    With ``with_utc`` its start and its end are told in UTC as well, where the zone is another.
    """
    yield _fact("State", *_state(run, setting))
    if run.open:
        yield _fact("Activity", *_activity(run, setting))
    yield _fact("Started", *_started(run, setting))
    if with_utc:
        yield from _in_utc(run.started_at, setting)
    yield _fact("Completed", *_completed(run, setting))
    if with_utc:
        yield from _in_utc(run.completed_at, setting)
    if run.id in setting.origins:
        yield _fact("Trigger", *_trigger(setting.origins[run.id], setting))
    yield _fact("Targets", *_targets(run))
    yield _fact("Insights", Cell(_insights(run)))
    yield _fact("Calls", Cell(_calls(run)))
    yield _fact("Tokens", *_tokens(run))
    yield _fact("Cost", *_cost(run, setting))
    yield _fact("Model", *_model(run))
    yield _fact("Layer", Cell(one_line(run.layer_name)))
    yield _fact("Hash", Cell(one_line(run.layer_hash) or phrases.NOTHING))
    yield _fact("Run", Cell(one_line(run.id)))


def _fact(label: str, *value: Cell) -> Paragraph:
    cells = (_muted(label.ljust(_LABEL_WIDTH)), *(cell for cell in value if cell.text))
    return Paragraph(cells, _LABEL_WIDTH)


def _in_utc(instant: datetime | None, setting: Setting) -> Iterator[Paragraph]:
    told = phrases.exactly(instant, UTC)
    if instant is not None and told != phrases.exactly(instant, setting.zone):
        yield _fact("", Cell(told))


def _muted(text: str) -> Cell:
    return Cell(text, "text--muted")


def _completed(run: RunDetail, setting: Setting) -> Line:
    took = elapsed(run, setting.now)
    told = took != phrases.NOTHING
    if run.completed_at is None:
        if run.state is RunState.INTERRUPTED:
            return (Cell(f"never, after {took.rstrip('+')} or more" if told else "never"),)
        after = f", after {took.rstrip('+')}" if told else ""
        return (Cell(f"not yet{after}" if run.open else "unreadable"),)
    exactly = Cell(phrases.exactly(run.completed_at, setting.zone))
    if told:
        return exactly, _muted(f"  after {took}")
    return exactly, _muted("  before its start" if run.started_at is not None else "")


def _state(run: RunDetail, setting: Setting) -> Line:
    word = Cell(setting.glyphs.state(run.state), f"run--{run.state}")
    if run.open:
        untold = run.usage.calls is None and run.state is RunState.STALLED
        why = "open for hours; " if untold else _WHY_OPEN[run.state]
        note = f"  {why}stored as {one_line(run.status)}, not completed"
    elif run.state is RunState.UNKNOWN:
        note = f"  stored as {one_line(run.status) or 'nothing'}"
    else:
        note = f"  {run.dry_reason}" if run.dry_reason else ""
    return word, _muted(note)


def _started(run: RunDetail, setting: Setting) -> Line:
    if run.started_at is None:
        stored = run.key.started
        words = "not recorded" if stored is None else f"unreadable: {one_line(str(stored))}"
        return (Cell(words),)
    exactly = phrases.exactly(run.started_at, setting.zone)
    ago = phrases.ago(run.started_at, setting.now)
    return Cell(exactly), _muted(f"  {ago}")


def _trigger(origin: Origin, setting: Setting) -> Line:
    """Return what started a run; that is told by its time, for zos does not store it."""
    at = origin.due_at
    words = f"scheduled for {_clock(at, setting)}" if at is not None else "off schedule"
    early = ", ".join(map(one_line, origin.too_early_for))
    warning = f", before {early} ended" if early else ""
    return Cell(words), Cell(warning, "text--accent"), _muted("  by its time")


def _clock(instant: datetime, setting: Setting) -> str:
    return f"{instant.astimezone(setting.zone):%H:%M}"


def _activity(run: RunDetail, setting: Setting) -> Line:
    last = run.activity.last if run.activity is not None else None
    if last is None:
        known = run.usage.calls is not None
        return (Cell("none that is known" if known else "not offered by this server"),)
    ago = phrases.ago(last, setting.now)
    return Cell(f"last activity {ago}"), _muted(f"  {phrases.exactly(last, setting.zone)}")


def _targets(run: RunDetail) -> Line:
    matched = phrases.grouped(run.targets_matched)
    if not run.open:
        done, skipped = map(phrases.grouped, (run.targets_processed, run.targets_skipped))
        return (Cell(f"{done} of {matched} processed, {skipped} skipped"),)
    progress = run.progress
    if progress is None and run.usage.calls is None:
        return (Cell(f"{matched} matched; progress is not offered by this server"),)
    if progress is None:
        return (Cell(f"{matched} matched; zos tells the rest when the run ends"),)
    parts = (
        (progress.with_insight, "with insight"),
        (progress.failed, "failed"),
        (progress.without, "without insight"),
        (progress.in_flight, "in flight"),
    )
    told = ", ".join(f"{count:,} {words}" for count, words in parts if count)
    note = f"  {told}; estimated" if told else "  estimated"
    return Cell(f"{progress.done:,} of {matched} done"), _muted(note)


def _insights(run: RunDetail) -> str:
    stored = run.insights_stored
    if run.open:
        return f"{stored} so far" if stored is not None else phrases.NOTHING
    created = phrases.grouped(run.insights_created)
    if stored is None or stored == run.insights_created:
        return created
    return f"{created} {'answer' if run.insights_created == 1 else 'answers'}, {stored} stored"


def _calls(run: RunDetail) -> str:
    usage = run.usage
    if usage.calls is None:
        return "not offered by this server"
    if not usage.calls:
        return "none recorded"
    return f"{usage.calls:,}" + (f", {usage.failed_calls:,} failed" if usage.failed_calls else "")


def _tokens(run: RunDetail) -> Line:
    usage = run.usage
    if usage.tokens_total is None:
        return (Cell("not recorded"),)
    text = phrases.grouped(usage.tokens_total)
    if usage.tokens_input is not None and usage.tokens_output is not None:
        text += f"  {phrases.grouped(usage.tokens_input)} in"
        text += f"  {phrases.grouped(usage.tokens_output)} out"
    stored = run.tokens_total
    differs = usage.calls and stored is not None and stored != usage.tokens_total
    return _figure(text, f"its row says {phrases.grouped(stored)}" if differs else "")


def _cost(run: RunDetail, setting: Setting) -> Line:
    usage = run.usage
    if usage.cost_usd is None:
        return (Cell("not recorded"),)
    notes = []
    if usage.cost_source is Source.ROW:
        notes.append("by its row, no calls are recorded")
    elif run.cost_differs:
        notes.append(f"its row says {phrases.cost(run.stored_cost_usd)}")
    past = setting.pasts.get(run.layer_name)
    if past is not None and past.costly(usage.cost_usd):
        usual = phrases.cost(past.cost_usd)
        notes.append(f"{setting.glyphs.high} more than {COSTLY:g} times the layer's {usual}")
    so_far = " so far" if run.open else ""
    return _figure(f"{phrases.cost(usage.cost_usd)}{so_far}", ", ".join(notes))


def _figure(text: str, note: str) -> Line:
    return Cell(text), _muted(f"  {note}" if note else "")


def _model(run: RunDetail) -> Line:
    names = [one_line(name) for name in (run.model_provider, run.model_name) if name]
    profile = one_line(run.model_profile) if run.model_profile else ""
    if not names:
        return (Cell(f"profile {profile}" if profile else phrases.NOTHING),)
    return Cell(" ".join(names)), _muted(f" ({profile})" if profile else "")
