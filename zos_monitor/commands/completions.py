"""What a shell offers for the values of options and arguments: quickly, and never a complaint."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import redirect_stderr
from io import StringIO
from typing import TYPE_CHECKING, TypeVar

import click

from zos_monitor.options import Options

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from zos_monitor.questions import Service

PATIENCE = 1.0
"""Seconds after which nothing is offered: whoever types waits."""

_RUNS = 20
_Answer = TypeVar("_Answer")


def layer_names(context: click.Context, param: click.Parameter, typed: str) -> list[str]:
    """Return the names of layers that ever ran and begin with what is typed."""
    return _beginning(typed, _layers(context))


def layer_lists(context: click.Context, param: click.Parameter, typed: str) -> list[str]:
    """Return what a list of layers, with commas between them, could go on with."""
    return _listed(typed, _layers(context))


def state_lists(context: click.Context, param: click.Parameter, typed: str) -> list[str]:
    """Return what a list of states, with commas between them, could go on with."""
    from zos_monitor.model.states import RunState

    return _listed(typed, [str(state) for state in RunState])


def times(context: click.Context, param: click.Parameter, typed: str) -> list[str]:
    """Return some times that a filter takes."""
    from zos_monitor.model.completion import SAMPLE_TIMES

    return _beginning(typed, SAMPLE_TIMES)


def run_names(
    context: click.Context, param: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Return the ids of the newest runs that begin so, with what they are; and ``latest``."""
    from click.shell_completion import CompletionItem

    from zos_monitor.answers.finding import LATEST

    word, colon, layer = typed.partition(":")
    if colon and word == LATEST:
        names = _beginning(layer, _layers(context))
        return [CompletionItem(f"{LATEST}:{name}") for name in names]

    async def asked(service: Service) -> Sequence[CompletionItem[str]]:
        from zos_monitor.answers.filters import narrowed

        found = await service.newest(narrowed(ids=[typed] if typed else ()), limit=_RUNS)
        return [
            CompletionItem(run.id, help=f"{run.layer_name} {run.state}")
            for run in found
            if run.id.isprintable() and run.id.startswith(typed)
        ]

    words = [CompletionItem(word, help="the newest run") for word in _beginning(typed, [LATEST])]
    return [*words, *_quickly(context, asked)]


def _layers(context: click.Context) -> Sequence[str]:
    async def asked(service: Service) -> Sequence[str]:
        return await service.layer_names()

    return [name for name in _quickly(context, asked) if name.isprintable()]


def _beginning(typed: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(typed)]


def _listed(typed: str, names: Iterable[str]) -> list[str]:
    before, comma, last = typed.rpartition(",")
    named = before.split(",")
    return [f"{before}{comma}{name}" for name in _beginning(last, names) if name not in named]


def _quickly(
    context: click.Context, question: Callable[[Service], Awaitable[Sequence[_Answer]]]
) -> Sequence[_Answer]:
    """Return an answer; nothing where there is none, or none in time."""
    import asyncio

    options = context.obj if isinstance(context.obj, Options) else Options()

    async def asked(service: Service) -> Sequence[_Answer]:
        async with asyncio.timeout(PATIENCE):
            return await question(service)

    try:
        with redirect_stderr(StringIO()):
            return options.ask(asked)
    except (click.ClickException, click.exceptions.Exit, TimeoutError, SystemExit):
        return ()
    except Exception as fault:  # a complaint would stand in the line that is typed
        from zos_monitor.reports import unforeseen

        unforeseen(fault, "completing")
        return ()
