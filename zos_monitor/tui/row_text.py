"""A run's row as it is stored, column by column, and what is to be believed instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from zos_monitor.model import phrases
from zos_monitor.model.runs import RunDetail, Source
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import fit
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.run_text import facts
from zos_monitor.tui.wrapping import Paragraph

if TYPE_CHECKING:
    from zos_monitor.model.workings import StoredValue
    from zos_monitor.tui.run_columns import Setting

_SIGN, _GAP, _MOST_NAME = 2, 2, 24
_LONG = 200  # characters; longer values are cut to a line

_NUMBERS = {
    "targets_matched", "targets_processed", "targets_skipped", "insights_created",
    "tokens_input", "tokens_output", "tokens_total", "estimated_cost_usd",
}  # fmt: skip
_TOKENS = ("tokens_input", "tokens_output", "tokens_total")


def row_text(
    run: RunDetail,
    stored: Sequence[StoredValue] | None,
    setting: Setting,
    width: int,
    *,
    refused: str = "",
) -> Iterator[Paragraph]:
    """Yield a run's facts, and beneath them its columns; None where these are still being read.

    ``refused`` says why they are not told.
    """
    yield from facts(run, setting, with_utc=True)
    yield Paragraph(())
    if stored is None:
        yield Paragraph((Cell(refused or "Reading", "text--muted"),))
        return
    yield Paragraph((Cell("As stored", "text--title"),))
    names = [fit_name(value.column) for value in stored]
    widest = max(map(cell_len, names), default=0)
    believed = derived(run)
    for value, name in zip(stored, names, strict=True):
        yield _column(value, fit(name, widest), believed.get(value.column, ""), setting, width)
        if value.column == "errors" and run.errors:
            count = phrases.plural(len(run.errors), "error")
            yield Paragraph((Cell(" " * (_SIGN + widest + _GAP)), Cell(count, "text--muted")))


def fit_name(column: str) -> str:
    """Return a column's name, cut where it is no name of a sane length."""
    name = one_line(column[:_LONG])
    return name if cell_len(name) <= _MOST_NAME else fit(name, _MOST_NAME)


def _column(
    value: StoredValue, name: str, believed: str, setting: Setting, width: int
) -> Paragraph:
    odd = value.column in _NUMBERS and value.type in ("text", "blob")
    sign = setting.glyphs.differs if believed or odd else ""
    indent = _SIGN + cell_len(name) + _GAP
    cells = [
        Cell(fit(sign, _SIGN), "text--accent"),
        Cell(name + " " * _GAP, "text--strong" if sign else "text--muted"),
        *_value(value, max(8, width - indent), setting),
    ]
    if odd:
        cells.append(Cell(f"  {value.type}, no number", "text--accent"))
    if believed:
        cells.append(Cell(f"  → {believed}", "text--accent"))
    return Paragraph(tuple(cells), indent)


def _value(value: StoredValue, room: int, setting: Setting) -> Iterator[Cell]:
    """Yield a value as it is stored; of a long one its beginning, and how long it is."""
    if value.type == "null":
        yield Cell("NULL", "text--muted")
    elif not value.text:
        yield Cell("(empty)", "text--empty")
    elif len(value.text) <= _LONG:
        yield Cell(one_line(value.text) or "(blank)")
    else:
        begins = one_line(value.text[: 4 * room])
        yield Cell(fit(begins, room - 1, ellipsis="") + setting.glyphs.ellipsis)
        yield Cell(f"  {_length(value)}", "text--muted")
    if value.type == "blob":
        yield Cell("  bytes, in hexadecimal digits", "text--muted")


def _length(value: StoredValue) -> str:
    read = phrases.plural(len(value.text), "character")
    return f"{read} and {value.left_out:,} more bytes" if value.left_out else read


def derived(run: RunDetail) -> dict[str, str]:
    """Return what is to be believed instead of what is stored, by the columns that mislead."""
    told = {
        "status": "" if run.status == run.state else f"{run.state}",
        "estimated_cost_usd": _cost(run),
        **_tokens(run),
        **(_open_counts(run) if run.open else _counts(run)),
        "started_at": "" if run.started_at is not None else "unreadable",
    }
    if run.completed_at is None and not run.open:
        told["completed_at"] = "unreadable"
    return {column: words for column, words in told.items() if words}


def _cost(run: RunDetail) -> str:
    usage, stored = run.usage, run.stored_cost_usd
    if usage.cost_source is not Source.CALLS or usage.cost_usd is None:
        return ""
    if stored is not None and abs(usage.cost_usd - stored) < 0.005:
        return ""
    return f"{phrases.cost(usage.cost_usd)}{' so far' if run.open else ''} by its calls"


def _tokens(run: RunDetail) -> dict[str, str]:
    usage = run.usage
    if usage.tokens_source is not Source.CALLS:
        return {}
    so_far = " so far" if run.open else ""
    figures = {name: (getattr(usage, name), getattr(run, name)) for name in _TOKENS}
    return {
        name: f"{phrases.grouped(true)}{so_far} by its calls"
        for name, (true, stored) in figures.items()
        if true is not None and true != stored
    }


def _counts(run: RunDetail) -> dict[str, str]:
    stored = run.insights_stored
    if stored is None or stored == run.insights_created:
        return {}
    return {"insights_created": f"{stored:,} stored"}


def _open_counts(run: RunDetail) -> dict[str, str]:
    """Return what the calls of an open run tell, for its row has noughts until its end."""
    told = {"completed_at": "never" if run.state is RunState.INTERRUPTED else "not yet"}
    progress, stored = run.progress, run.insights_stored
    if progress is not None:
        done = progress.done - progress.failed
        if done != run.targets_processed:
            told["targets_processed"] = f"{done:,} so far, estimated"
        if progress.failed != run.targets_skipped:
            told["targets_skipped"] = f"{progress.failed:,} so far, estimated"
    if stored is not None and stored != run.insights_created:
        told["insights_created"] = f"{stored:,} stored so far"
    if run.early_errors and not run.errors:
        count = phrases.plural(len(run.early_errors), "error")
        told["errors"] = f"{count} so far, from its failed calls"
    return told


def stored_lines(stored: Sequence[StoredValue]) -> str:
    """Return the columns of a row, one to a line, as they are stored.

    A value of several lines stands as it is. Of a very long one there is the beginning only, and
    its column says so.
    """
    lines = []
    for value in stored:
        more = f" ({value.left_out:,} more bytes are left out)" if value.left_out else ""
        lines.append(f"{value.column}{more}: {'NULL' if value.type == 'null' else value.text}")
    return "\n".join(lines)
