"""``export``: the matching runs whole, in a file."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zos_monitor.options import PATH, Form, Options, fail, filtered, forms, sources
from zos_monitor.printed.output import say_text, tell

if TYPE_CHECKING:
    from zos_monitor.model.exports import ExportFormat
    from zos_monitor.model.filters import RunFilter
    from zos_monitor.questions import Service

STDOUT = Path("-")
_FORMATS = ("csv", "jsonl", "md")
_BYTE_ORDER_MARK = "\ufeff"
_PATIENCE = 0.3  # seconds, for the number of runs
_REDRAWN_AFTER = 0.25  # seconds
_OF_FORM = {Form.JSON: "jsonl", Form.CSV: "csv"}


@click.command("export")
@click.argument("file", type=PATH, required=False)
@click.option(
    "--format",
    "named",
    type=click.Choice(_FORMATS),
    help="CSV, JSON lines or Markdown; by default what the file's name ends in, else csv.",
)
@filtered
@forms()
@sources(hidden=True)
@click.pass_obj
def command(options: Options, file: Path | None, named: str | None) -> None:
    """Write all runs, or those that --filter matches, with all that is told of each to a file.

    FILE must not be there yet; - is standard output. Without it the file is in the current folder,
    by a name that tells the time. It gets its name once it is whole, and only its owner can read
    it. What is interrupted leaves nothing behind.

    \b
    Examples:
      zos-monitor export
      zos-monitor export --filter 'status:failed since:30d' failures.csv
      zos-monitor export - --format jsonl | jq -r .id
    """  # noqa: D301 (click reads the control character)
    from zos_monitor.model.exports import ExportFormat, format_of

    flt = options.filter()
    asked = named or (format_of(file.name) if file is not None else None)
    fmt = ExportFormat(asked or _OF_FORM.get(options.form, "csv"))
    if file == STDOUT:
        options.ask(lambda service: _print(service, flt, fmt))
    else:
        options.ask(lambda service: _write(service, flt, fmt, file))


async def _print(service: Service, flt: RunFilter, fmt: ExportFormat) -> None:
    from zos_monitor.model.exports import head, lines

    # What opens files by their code page is no reader of pipes, but of others it spoils a name.
    begin = head(fmt).removeprefix(_BYTE_ORDER_MARK)
    async for page in service.details(flt):
        say_text(begin + "".join(line for run in page for line in lines(fmt, run)))
        begin = ""
    say_text(begin)  # where no run matches; a database that can't be read leaves nothing


async def _write(service: Service, flt: RunFilter, fmt: ExportFormat, file: Path | None) -> None:
    from zos_monitor.exporting import ExportError, default_name, free_path, write_export
    from zos_monitor.model.phrases import plural

    path = file if file is not None else free_path(Path(default_name(service.clock(), fmt)))
    written = 0
    try:
        with _progress(await _total(service, flt)) as tell_progress:
            async with aclosing(write_export(path, fmt, service.details(flt))) as export:
                async for written in export:
                    tell_progress(written)
    except ExportError as fault:
        fail(str(fault))
    tell(f"Exported {plural(written, 'run')} to {path}.")


async def _total(service: Service, flt: RunFilter) -> int | None:
    """Return how many runs there are to write, None where that is not quickly told."""
    if not _shows_progress():
        return None
    found = await service.run_slice(flt, limit=1, patience=_PATIENCE)
    return found.matched if found.counted else None


def _shows_progress() -> bool:
    shown = sys.stderr is not None and sys.stderr.isatty()
    return shown and os.environ.get("TERM", "dumb") != "dumb"


@contextmanager
def _progress(total: int | None) -> Iterator[Callable[[int], None]]:
    """Give what tells how many runs are written, on one line of a terminal that goes away."""
    if not _shows_progress():
        yield lambda written: None
        return
    from shutil import get_terminal_size

    from zos_monitor.printed.redrawing import Redrawing

    def write(text: str) -> None:
        click.echo(text, err=True, nl=False)

    line = Redrawing(write, get_terminal_size)
    due = 0.0

    def tell_progress(written: int) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + _REDRAWN_AFTER
            line.show([], [f"{written:,}" + (f" of {total:,}" if total else "") + " runs"])

    try:
        yield tell_progress
    finally:
        line.show([], [])
