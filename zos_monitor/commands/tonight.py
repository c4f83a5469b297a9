"""``tonight``: what was to start in a night, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from zos_monitor.options import Form, Options, fail, filtered, forms, sources
from zos_monitor.printed.output import Record, emit, hint, screen, tell

if TYPE_CHECKING:
    from zos_monitor.answers.nights import NightAnswer


@click.command("tonight", short_help="List what was to start tonight.")
@click.option(
    "--back",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    help="The night N nights before the present one.",
)
@filtered
@forms()
@sources(hidden=True)
@click.pass_obj
def command(options: Options, back: int) -> None:
    """List what was to start tonight, and what became of it.

    A night is the time from one noon to the next in the scheduler's zone. The times at which
    layers start are those of their files in the zos folder, or inferred from their past runs. What
    started at none of them is listed as off schedule.

    \b
    Examples:
      zos-monitor tonight
      zos-monitor tonight --back 1 --zos-dir /srv/zos
      zos-monitor tonight --json | jq .outcomes
    """  # noqa: D301 (click reads the control character)
    from zos_monitor.answers.nights import tonight

    if options.filter_text.strip():
        fail("tonight is about all layers: leave out --filter.")
    try:
        answer = options.ask(lambda service: tonight(service, back=back))
    except ValueError as fault:
        fail(f"--back: {fault}")
    records = [*_records(answer)] if answer is not None else []
    emit(
        options,
        answer,
        table=lambda: _table(records) if answer is not None else (),
        records=lambda: records,
        columns=_COLUMNS,
    )
    if answer is None:
        tell("No layer is known to start by the clock.")
    else:
        for fault_of_file in answer.faults:
            tell(fault_of_file)
        if options.form is Form.TABLE:
            hint(_extent(answer))


_COLUMNS = (
    *("date", "layer_name", "due_at", "outcome", "run_id", "started_at", "completed_at"),
    *("targets_matched", "targets_processed", "insights_created", "dry_reason", "too_early_for"),
)


def _records(answer: NightAnswer) -> Iterator[Record]:
    """Yield each scheduled start, then what started off schedule, which was due at no time."""
    for layer in answer.layers:
        starts = [(start.due_at, start.outcome, start.run) for start in layer.starts]
        others = [(None, run.state, run) for run in layer.off_schedule]
        for due_at, outcome, run in (*starts, *others):
            told = asdict(run) if run is not None else {}
            known = {
                "date": answer.date,
                "layer_name": layer.layer_name,
                "due_at": due_at,
                "outcome": outcome,
                "run_id": told.get("id"),
            }
            yield {name: known.get(name, told.get(name)) for name in _COLUMNS}


def _extent(answer: NightAnswer) -> str:
    from zos_monitor.printed.tables import to_the_minute

    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in answer.outcomes.items())
    since, until = to_the_minute(answer.since), to_the_minute(answer.until)
    return f"{since} to {until} UTC: {outcomes or 'nothing scheduled'}"


def _table(records: Sequence[Record]) -> list[str]:
    from zos_monitor.model import phrases
    from zos_monitor.model.text import one_line
    from zos_monitor.printed.tables import grid, state_colour, to_the_minute

    rows = [
        [
            one_line(record["layer_name"]),
            to_the_minute(record["due_at"]) if record["due_at"] else "off schedule",
            record["outcome"],
            to_the_minute(record["started_at"]),
            _targets(record),
            # Not told before the end: zos's row has a zero until then.
            phrases.grouped(record["insights_created"] if record["completed_at"] else None),
            phrases.duration(_took(record)),
            one_line(record["run_id"] or phrases.NOTHING),
        ]
        for record in records
    ]
    head = ["LAYER", "DUE (UTC)", "OUTCOME", "STARTED (UTC)", "TARGETS", "INSIGHTS", "TOOK", "RUN"]
    width, coloured = screen()
    return grid(
        head,
        rows,
        left=(0, 1, 2, 3, 7),
        spare=(5, 3, 7),
        width=width,
        colours={2: state_colour} if coloured else {},
    )


def _targets(record: Record) -> str:
    from zos_monitor.model import phrases

    if record["run_id"] is None:
        return phrases.NOTHING
    done, matched = record["targets_processed"], record["targets_matched"]
    return f"{phrases.grouped(done)}/{phrases.grouped(matched)}"


def _took(record: Record) -> timedelta | None:
    started, completed = record["started_at"], record["completed_at"]
    if started is None or completed is None:
        return None
    span = datetime.fromisoformat(completed) - datetime.fromisoformat(started)
    return span if span >= timedelta() else None
