"""``check``: whether all is well, as a plugin of a monitoring system tells it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from zos_monitor.commands.completions import layer_names
from zos_monitor.options import Failed, Options, fail, forms, sources
from zos_monitor.parameters import AGE, AMOUNT, COUNT, OFF, SHARE, SPAN, Threshold
from zos_monitor.printed.output import emit

if TYPE_CHECKING:
    from zos_monitor.answers.checks import CheckAnswer
    from zos_monitor.model.checks import Bounds, Limits
    from zos_monitor.questions import Service

UNKNOWN = 3
_RULES = ("stalled", "age", "missed", "failed", "partial", "cost", "dry")
_Command = TypeVar("_Command", bound=Callable[..., Any])


class CheckCommand(click.Command):
    """A command of which every failure is a line and a status that monitoring systems know."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> click.Context:
        """Read the options; end with a line where they can't be understood."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.ClickException as fault:
            tell_unknown(parent, fault.format_message())

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """Run the check; end with a line where it can't be done, whatever the reason."""
        try:
            return super().invoke(ctx)
        except click.ClickException as fault:
            tell_unknown(ctx, fault.format_message())
        except (click.exceptions.Exit, click.Abort):
            raise
        except Exception as fault:  # else the status would be none of a check's
            from zos_monitor.reports import last_words

            tell_unknown(ctx, last_words(fault))


def tell_unknown(context: click.Context | None, message: str) -> NoReturn:
    """End with the line of a check that can't be done."""
    from zos_monitor.answers.checks import unknown

    given = context.obj if context is not None else None
    _print(given if isinstance(given, Options) else Options(), unknown(message), verbose=False)
    sys.exit(UNKNOWN)


def _bounds(
    name: str, kind: Threshold, words: str, *defaults: str
) -> Callable[[_Command], _Command]:
    """Return what gives a command the two options of a rule's bounds."""

    def given(command: _Command) -> _Command:
        for level, default in reversed(tuple(zip(("warning", "critical"), defaults, strict=True))):
            command = click.option(
                f"--{name}-{level}",
                type=kind,
                default=default,
                show_default=True,
                metavar=kind.name.upper(),
                help=f"{words}: {level}.",
            )(command)
        return command

    return given


@click.command("check", cls=CheckCommand)
@click.option(
    "--layer",
    "layers",
    metavar="NAME",
    multiple=True,
    shell_complete=layer_names,
    help="Only of these layers; may have * in it, and be repeated.",
)
@click.option(
    "--window",
    type=SPAN,
    default="24h",
    show_default=True,
    help="The last runs: those of the shares, the cost and the interrupted.",
)
@click.option(
    "--without", type=click.Choice(_RULES), multiple=True, help="Leave a rule out; may be repeated."
)
@click.option(
    "--max-age-warning",
    type=AGE,
    metavar="SPAN",
    help="Time since a layer's last success: warning.  [default: 1.3 times its schedule's period]",
)
@click.option(
    "--max-age-critical", type=AGE, metavar="SPAN", help="The same: critical.  [default: 2.3 times]"
)
@_bounds("failed", SHARE, "Share of runs that failed", "10%", "50%")
@_bounds("partial", SHARE, "Share of runs that failed in part", "50%", OFF)
@click.option(
    "--least-runs",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Tell no shares of fewer runs.",
)
@_bounds("stalled", COUNT, "Stalled runs, and interrupted ones of the window", "1", "3")
@_bounds("missed", COUNT, "Layers that missed the last night", "1", "3")
@_bounds("dry", COUNT, "Dry nights of a layer in a row", "3", OFF)
@click.option(
    "--budget",
    type=AMOUNT,
    default=OFF,
    metavar="USD",
    help="Cost of the window in US dollars: warning.  [default: off]",
)
@click.option(
    "--budget-critical",
    type=AMOUNT,
    default=OFF,
    metavar="USD",
    help="The same: critical.  [default: off]",
)
@click.option("--timeout", type=SPAN, default="30s", show_default=True, help="Unknown after that.")
@click.option("-v", "--verbose", is_flag=True, help="Tell every finding, on lines of their own.")
@forms()
@sources(hidden=True)
@click.pass_obj
def command(
    options: Options,
    /,
    layers: Sequence[str],
    window: timedelta,
    timeout: timedelta,
    verbose: bool,
    **given: Any,  # noqa: ANN401
) -> None:
    """Tell whether all is well, as a plugin of Nagios, Icinga and their kin: one line.

    Exit status: 0 ok, 1 warning, 2 critical, 3 unknown (the database can't be read, or an option
    not be understood). The worst rule decides. The rules are age (since the last success or
    partial of each layer that starts by the clock; a dry run is none, but where only dry ones came
    since it is a warning at most), failed, partial, stalled, missed (or nothing eligible), dry and
    cost. Every bound can be off. Shares are of the runs that ended and had something to do.

    \b
    Examples:
      zos-monitor check
      zos-monitor check --layer 'nightly-*' --failed-critical off --budget 5.00
      zos-monitor check --max-age-warning 30h --max-age-critical 54h --without dry
      zos-monitor check --json | jq .findings
    """  # noqa: D301 (click reads the control character)
    if options.filter_text.strip():
        fail("check takes no --filter; use --layer")
    limits = _limits(given)

    async def asked(service: Service) -> CheckAnswer:
        from zos_monitor.answers.checks import check

        try:
            async with asyncio.timeout(timeout.total_seconds()):
                return await check(service, limits, window=window, patterns=layers)
        except TimeoutError:
            fail(f"there was no answer within {timeout.total_seconds():g} seconds")

    answer = options.ask(asked)
    _print(options, answer, verbose=verbose)
    sys.exit(answer.exit_status)


def _limits(given: dict[str, Any]) -> Limits:
    from zos_monitor.model.checks import Bounds, Limits, Rule

    def number(value: Any) -> float | None:  # noqa: ANN401
        if isinstance(value, timedelta):
            return value.total_seconds()
        return None if value in (None, OFF) else float(value)

    def bounds(name: str) -> Bounds:
        warning, critical = (number(given[f"{name}_{level}"]) for level in ("warning", "critical"))
        return Bounds(warning=warning, critical=critical)

    def periods(level: str, default: float | None) -> float | None:
        return None if given[f"max_age_{level}"] == OFF else default

    usual = Limits().age_periods
    return Limits(
        rules=frozenset(Rule) - {Rule(name) for name in given["without"]},
        age=bounds("max_age"),
        age_periods=Bounds(
            warning=periods("warning", usual.warning), critical=periods("critical", usual.critical)
        ),
        failed=bounds("failed"),
        partial=bounds("partial"),
        least_runs=given["least_runs"],
        stalled=bounds("stalled"),
        missed=bounds("missed"),
        dry=bounds("dry"),
        cost=Bounds(warning=number(given["budget"]), critical=number(given["budget_critical"])),
    )


def _print(options: Options, answer: CheckAnswer, *, verbose: bool) -> None:
    try:
        emit(
            options,
            answer,
            table=lambda: _lines(answer, verbose=verbose),
            records=lambda: [asdict(finding) for finding in answer.findings],
            columns=("rule", "level", "layer_name", "value", "warning", "critical", "message"),
        )
    except Failed as fault:  # no line can be printed, and the usual status would mean critical
        fault.show()
        sys.exit(UNKNOWN)


def _lines(answer: CheckAnswer, *, verbose: bool) -> list[str]:
    told = [f"{one.level.upper()}: {one.message}" for one in answer.findings] if verbose else []
    return [answer.output, *told]
