"""The commands: each parses its options, asks the service, and prints; nothing else.

One file each, which has the command's name, is imported when that is called, and holds it as
``command``. It takes ``Options`` (``click.pass_obj``) beside its own.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from click.exceptions import Exit

MODULES = (
    "runs",
    "show",
    "latest",
    "stats",
    "errors",
    "layers",
    "tonight",
    "watch",
    "check",
    "export",
    "api",
    "demo",
    "completion",
)
"""The names of the commands and their modules, in the order in which help lists them."""

CHECK = "check"
"""The command whose every failure is for monitoring systems, also one in the options before it."""


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*MODULES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None where there is none of that name."""
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"zos_monitor.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 (as click has it)
    ) -> click.Context:
        """Read the options; help and version are printed here."""
        command = next((arg for arg in args if arg in MODULES), None)
        with _ending_as_shells_expect():
            try:
                return super().make_context(info_name, args, parent, **extra)
            except click.UsageError as fault:
                if command != CHECK:
                    raise
                from zos_monitor.commands.check import tell_unknown

                tell_unknown(parent, fault.format_message())

    def invoke(self, ctx: click.Context) -> object:
        """Run what was asked for."""
        with _ending_as_shells_expect():
            return super().invoke(ctx)


@contextmanager
def _ending_as_shells_expect() -> Iterator[None]:
    """Exit quietly after Ctrl-C, or where nobody reads what is printed any more.

    Answers look after their own output (see ``printed.output``); help and the version do not.
    """
    from zos_monitor.options import CLOSED_PIPE, INTERRUPTED

    try:
        yield
    except KeyboardInterrupt:
        raise Exit(INTERRUPTED) from None
    except BrokenPipeError:
        from zos_monitor.printed.output import forget_the_rest

        forget_the_rest()
        raise Exit(CLOSED_PIPE) from None
    except OSError as fault:
        if fault.filename is not None:
            raise  # it is about a file, and so no fault of the output
        from zos_monitor.printed.output import cannot_write

        cannot_write(fault)
