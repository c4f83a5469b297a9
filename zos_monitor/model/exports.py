"""Runs as CSV, JSON lines or Markdown: what an export's file says, safe for whoever opens it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.errors import RunError
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.text import one_line

Value = str | int | float | None


class ExportFormat(StrEnum):
    """The forms of an export, by the endings of their files."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    MARKDOWN = "md"

    @property
    def label(self) -> str:
        """What people call it."""
        return _LABELS[self]


_LABELS = {
    ExportFormat.CSV: "CSV",
    ExportFormat.JSON_LINES: "JSON lines",
    ExportFormat.MARKDOWN: "Markdown",
}

COLUMNS = (
    "id", "layer_name", "layer_hash", "state", "status", "started_at", "completed_at",
    "duration_seconds", "targets_matched", "targets_processed", "targets_skipped",
    "insights_created", "insights_stored", "calls", "failed_calls", "tokens_input",
    "tokens_output", "tokens_total", "cost_usd", "cost_source", "estimated_cost_usd",
    "model_profile", "model_provider", "model_name", "error_count", "causes",
)  # fmt: skip
"""What all forms tell of a run; CSV and JSON lines have ``errors`` too.

``state`` is derived, ``status`` stored. Tokens and ``cost_usd`` (US dollars) are those to believe,
and ``cost_source`` says whether from calls or from the row; ``estimated_cost_usd`` is the row's.
Instants are in UTC.
"""
ERRORS = "errors"

_BOM = "\ufeff"
"""Begins a CSV file: without it Excel reads UTF-8 as the machine's old code page. Python's and R's
readers skip it; programs that do not have JSON lines."""

_MOST_OF_AN_ERROR = 1_000
_MOST_OF_A_CELL = 30_000
"""Characters of a CSV cell: spreadsheets take at most 32,767."""

_LIST = "; "


def format_of(name: str) -> ExportFormat | None:
    """Return the form that a file's name asks for by its ending, None where by none."""
    _, dot, ending = name.lower().rpartition(".")
    found = (fmt for fmt in ExportFormat if dot and fmt == ending)
    return next(found, None)


def head(fmt: ExportFormat) -> str:
    """Return what a file begins with."""
    if fmt is ExportFormat.CSV:
        return _BOM + _csv_line([*COLUMNS, ERRORS])
    if fmt is ExportFormat.MARKDOWN:
        return _markdown_line([*map(_escaped, COLUMNS)]) + _markdown_line(["---"] * len(COLUMNS))
    return ""


def lines(fmt: ExportFormat, run: RunDetail) -> Iterator[str]:
    """Yield what a file says of a run, each line with its end."""
    if fmt is ExportFormat.CSV:
        cells = [_csv_cell(value) for value in _values(run)]
        yield _csv_line([*cells, _csv_cell(_readable(_errors(run)))])
    elif fmt is ExportFormat.MARKDOWN:
        yield _markdown_line([_markdown_cell(value) for value in _values(run)])
    else:
        # ASCII, so that lone surrogates keep their place, and that a terminal can be shown it.
        yield json.dumps(_record(run), ensure_ascii=True, allow_nan=False) + "\n"


def causes(errors: Sequence[RunError]) -> list[str]:
    """Return the distinct causes of errors, in the order and the words of their first."""
    found: dict[str, str] = {}
    for error in errors:
        cause = cause_of(error.message)
        found.setdefault(identity(cause), cause)
    return list(found.values())


def _errors(run: RunDetail) -> Sequence[RunError]:
    return run.errors or run.early_errors  # those of an open run's calls; its row has none yet


def _values(run: RunDetail) -> list[Value]:
    """Return a run's values in the order of the columns."""
    usage, duration, errors = run.usage, run.duration, _errors(run)
    started = _instant(run.started_at)
    if started is None and run.key.started is not None:
        started = str(run.key.started)  # what is stored is no instant
    return [
        *(run.id, run.layer_name, run.layer_hash, str(run.state), run.status),
        *(started, _instant(run.completed_at)),
        duration.total_seconds() if duration is not None else None,
        *(run.targets_matched, run.targets_processed, run.targets_skipped),
        *(run.insights_created, run.insights_stored, usage.calls, usage.failed_calls),
        *(usage.tokens_input, usage.tokens_output, usage.tokens_total),
        *(_dollars(usage.cost_usd), str(usage.cost_source), _dollars(run.stored_cost_usd)),
        *(run.model_profile, run.model_provider, run.model_name),
        *(len(errors), _LIST.join(causes(errors))),
    ]


def _instant(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _dollars(amount: float | None) -> float | None:
    return round(amount, 9) if amount is not None else None  # sums of floats end in noise


# JSON lines


def _record(run: RunDetail) -> dict[str, object]:
    errors = _errors(run)
    return {
        **dict(zip(COLUMNS, _values(run), strict=True)),
        "causes": causes(errors),
        ERRORS: [
            {"topic": error.topic, "error": error.message, "node": error.node} for error in errors
        ],
    }


# CSV

_FORMULA = re.compile("(^|[;\t])([\\s'\"‘’“”`]*)(?=[=+\\-@＝＋－＠﹣﹢﹦﹫−])")
"""Where a spreadsheet may take text for a formula: it may also be set to cut at semicolons."""
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)


def _csv_line(cells: Sequence[Value]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)  # as RFC 4180 wants it, lines ended by CR and LF
    return line.getvalue()


def _csv_cell(value: Value) -> Value:
    return defused(one_line(value)) if isinstance(value, str) else value


def defused(text: str) -> str:
    """Return the text of a cell so that no spreadsheet computes it; a number stays one."""
    if _NUMBER.fullmatch(text):
        return text
    return _FORMULA.sub(r"\1'\2", text)


def _readable(errors: Sequence[RunError]) -> str:
    """Return errors for a cell: each with where it happened, cut where they are long."""
    said: list[str] = []
    room = _MOST_OF_A_CELL
    for place, error in enumerate(errors):
        text = _readable_error(error)
        room -= len(text) + len(" | ")
        if room < 0:
            said.append(f"… and {len(errors) - place} more, which JSON lines hold whole")
            break
        said.append(text)
    return " | ".join(said)


def _readable_error(error: RunError) -> str:
    message = error.message
    if len(message) > _MOST_OF_AN_ERROR:
        whole = len(message)
        message = f"{message[:_MOST_OF_AN_ERROR]} … of {whole:,} characters"
    where = " · ".join(one_line(part) for part in (error.node, error.topic) if part)
    return f"{where}: {one_line(message)}" if where else one_line(message)


# Markdown

_PLAIN = str.maketrans(
    {char: f"\\{char}" for char in "\\`*_[]()#!|~$"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
)
_LINK = re.compile(r"(?i)(?<![a-z])(?:(https?|ftp|mailto|xmpp)(?=:)(:)|(www)(\.))")


def _markdown_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _markdown_cell(value: Value) -> str:
    if value is None:
        return ""
    return _escaped(one_line(value)) if isinstance(value, str) else str(value)


def _escaped(text: str) -> str:
    """Return text of one line that stands in a table as it is: no markup, no HTML, no link."""
    return _LINK.sub(_unlinked, text.translate(_PLAIN))


def _unlinked(match: re.Match[str]) -> str:
    scheme, _, www, _ = match.groups()
    return f"{scheme}&#58;" if scheme else f"{www}&#46;"
