"""The bench's table, and the same as JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.figures import Figure

HEADINGS = ("figure", "measured", "baseline", "ratio", "bar", "")


def table(figures: Sequence[Figure]) -> list[str]:
    """Return the lines of the table, with the notes below it."""
    rows = [HEADINGS, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "  ".join("─" * width for width in widths).rstrip())
    notes = [f"{figure.name}: {figure.note}" for figure in figures if figure.note]
    return [*lines, *([""] if notes else []), *notes]


def amount(value: float | None, unit: str) -> str:
    """Return a figure with its unit, three digits or so of it; a dash for none."""
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def as_json(figures: Sequence[Figure], *, runs: int, quick: bool, at: datetime) -> str:
    """Return the figures with all their samples, and on what they were measured."""
    about = {
        "at": at.isoformat(timespec="seconds"),
        "runs": runs,
        "quick": quick,
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "textual": version("textual"),
    }
    told = about | {"figures": [figure.as_json() for figure in figures]}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def write_json(
    path: Path, figures: Sequence[Figure], *, runs: int, quick: bool, at: datetime
) -> None:
    """Write what ``as_json`` returns to a file. Raises OSError where that can't be."""
    path.write_text(as_json(figures, runs=runs, quick=quick, at=at), encoding="utf-8")


def _row(figure: Figure) -> tuple[str, ...]:
    baseline = ""
    if figure.against:
        baseline = f"{amount(figure.compared, figure.unit)} {figure.against}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f} ×"
    return (
        figure.name,
        amount(figure.measured, figure.unit),
        baseline,
        ratio,
        figure.bar.text(figure.unit),
        figure.verdict,
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        text.rjust(width) if column in (1, 3) else text.ljust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
