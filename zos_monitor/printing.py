"""Answers on standard output: JSON, CSV, or a table for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from zos_monitor.options import CLOSED_PIPE, Form, Options, fail

Record = Mapping[str, Any]
"""A line of CSV by the names of its columns; what is no text or number is written as JSON."""


def emit(
    options: Options,
    answer: Any,  # noqa: ANN401 (see encoding.plain)
    *,
    table: Callable[[], Iterable[str]],
    records: Callable[[], Sequence[Record]],
) -> None:
    """Print an answer in the form that is asked for; ``table`` and ``records`` are its others."""
    if options.form is Form.JSON:
        from zos_monitor.answers.encoding import to_json

        lines: Iterable[str] = [to_json(answer, indent=2 if sys.stdout.isatty() else None)]
    elif options.form is Form.CSV:
        lines = _csv_lines(records())
    else:
        lines = for_people(options, table())
    say(lines)


def for_people(options: Options, lines: Iterable[str]) -> Iterable[str]:
    """Return lines in the signs that the operator and the output take."""
    if not options.plain and (sys.stdout.encoding or "").lower().startswith("utf"):
        return lines
    from zos_monitor.model.text import to_ascii

    return [to_ascii(line) for line in lines]


def say(lines: Iterable[str]) -> None:
    """Print lines of data; end quietly where nobody reads them any more."""
    try:
        for line in lines:
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end
        sys.exit(CLOSED_PIPE)
    except OSError as fault:
        fail(f"standard output can't be written to ({fault.strerror})")


def tell(words: str) -> None:
    """Print words about the data on standard error."""
    click.echo(words, err=True)


def _csv_lines(records: Sequence[Record]) -> Iterable[str]:
    """Yield a head and a line for each record; nothing in them is computed by a spreadsheet."""
    import csv
    import io

    from zos_monitor.answers.encoding import plain, to_json
    from zos_monitor.model.exports import defused
    from zos_monitor.model.text import one_line

    def cell(value: object) -> object:
        value = plain(value)
        if isinstance(value, str):
            return defused(one_line(value))
        return to_json(value) if isinstance(value, dict | list | bool) else value

    def line(cells: Iterable[object]) -> str:
        written = io.StringIO()
        csv.writer(written, lineterminator="").writerow(cells)
        return written.getvalue()

    if records:
        yield line(records[0])
    for record in records:
        yield line(cell(value) for value in record.values())
