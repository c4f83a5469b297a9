"""Answers on standard output: JSON, CSV, or a table for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, NamedTuple, NoReturn, TextIO

import click

from zos_monitor.options import CLOSED_PIPE, Form, Options, fail

Record = Mapping[str, Any]
"""A line of CSV by the names of its columns; what is no text or number is written as JSON."""


class Screen(NamedTuple):
    """What a table is printed on: its width in cells, None for what takes any; and colours."""

    width: int | None = None
    coloured: bool = False


def screen() -> Screen:
    """Return what standard output is: a terminal has a width, and colours unless NO_COLOR is set.

    What is no terminal, such as a pipe or a file, takes all columns, without colours.
    """
    if sys.stdout is None or not sys.stdout.isatty():
        return Screen()
    from shutil import get_terminal_size

    dumb = os.environ.get("TERM", "dumb") == "dumb"
    coloured = not (dumb or os.environ.get("NO_COLOR"))
    return Screen(get_terminal_size().columns, coloured)


def columns_of(shape: type) -> list[str]:
    """Return the names of a dataclass's fields: the columns of its records."""
    return [field.name for field in fields(shape)]


def emit(
    options: Options,
    answer: Any,  # noqa: ANN401 (see encoding.plain)
    *,
    table: Callable[[], Iterable[str]],
    records: Callable[[], Sequence[Record]],
    columns: Sequence[str] = (),
) -> None:
    """Print an answer in the form that is asked for; ``table`` and ``records`` are its others.

    ``columns`` are those of CSV, which are printed also where there is no record; without them
    they are those of the first record.
    """
    if options.form is Form.JSON:
        from zos_monitor.answers.encoding import to_json

        lines: Iterable[str] = [to_json(answer, indent=2 if screen().width else None)]
    elif options.form is Form.CSV:
        lines = map(_printable, _csv_lines(columns, records()))
    else:
        lines = for_people(options, table())
    say(lines)


def for_people(options: Options, lines: Iterable[str]) -> Iterable[str]:
    """Return lines in the signs that the operator and the output take."""
    from zos_monitor.model.text import has_signs, to_ascii

    if not options.plain and _encoding().startswith("utf") and has_signs(os.environ):
        return lines
    return [to_ascii(line) for line in lines]


def say(lines: Iterable[str]) -> None:
    """Print lines of data; end quietly where nobody reads them any more."""
    with _to_readers() as output:
        for line in lines:
            output.write(f"{line}\n")


def say_text(text: str) -> None:
    """Print text as a file would have it: in UTF-8, with its own ends of lines."""
    with _to_readers() as output:
        output.buffer.write(text.encode("utf-8", "replace"))


@contextmanager
def _to_readers() -> Iterator[TextIO]:
    """Give what is printed to, and see that it arrives, or end."""
    if sys.stdout is None:
        fail("standard output can't be written to (it is closed)")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        forget_the_rest()
        sys.exit(CLOSED_PIPE)
    except OSError as fault:
        cannot_write(fault)


def cannot_write(fault: OSError) -> NoReturn:
    """End with a sentence on why nothing can be printed."""
    forget_the_rest()
    fail(f"standard output can't be written to ({fault.strerror})")


def tell(words: str) -> None:
    """Print words about the data on standard error, each sentence on its line."""
    from zos_monitor.model.text import one_line

    click.echo(one_line(words), err=True)


def hint(words: str) -> None:
    """Print words on standard error that only people have a use for.

    That is where both outputs are terminals: a pager would be written over.
    """
    outputs = (sys.stdout, sys.stderr)
    if all(output is not None and output.isatty() for output in outputs):
        tell(words)


def forget_the_rest() -> None:
    """Have what is not written yet go nowhere: Python writes it at the end, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _encoding() -> str:
    return (getattr(sys.stdout, "encoding", None) or "").lower()


def _printable(line: str) -> str:
    """Return a line with escapes in the place of what the output's encoding has no sign for."""
    encoding = _encoding()
    if line.isascii() or not encoding or encoding.startswith("utf"):
        return line
    return line.encode(encoding, "backslashreplace").decode(encoding)


def _csv_lines(columns: Sequence[str], records: Sequence[Record]) -> Iterable[str]:
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
        if isinstance(value, dict | list | bool):
            # Some spreadsheets cut at semicolons, and then take what follows for a formula.
            return to_json(value).replace(";", "\\u003b")
        return value

    def line(cells: Iterable[object]) -> str:
        written = io.StringIO()
        csv.writer(written, lineterminator="").writerow(cells)
        return written.getvalue()

    columns = columns or list(records[0] if records else ())
    if columns:
        yield line(columns)
    for record in records:
        yield line(cell(record[name]) for name in columns)
