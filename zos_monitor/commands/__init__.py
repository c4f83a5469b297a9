"""The commands: each parses its options, asks the service, and prints; nothing else.

One file each, which has the command's name, is imported when that is called, and holds it as
``command``. It takes ``Options`` (``click.pass_obj``) beside its own.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
    """A group that imports a command when it is asked for; called, it is the program.

    What nobody has foreseen then ends it with a sentence, a crash report and status 70, but in
    Python's development mode. Who calls ``main`` gets the exception.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (as click has it)
        """Run what the command line asks for, and exit."""
        from zos_monitor.reports import hooks

        hooks.take_over()
        try:
            return super().__call__(*args, **kwargs)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # Python would print its message, which may hold data
            sys.exit(_end_by(error))

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


def _end_by(error: BaseException) -> int:
    """Tell of a fault of our own that ends the program, and return the exit status."""
    from zos_monitor import reports

    if reports.for_developers():
        raise error
    with suppress(OSError, ValueError):  # there may be nobody to be told
        click.echo(f"zos-monitor: {reports.last_words(error)}", err=True)
    return reports.SOFTWARE


@contextmanager
def _ending_as_shells_expect() -> Iterator[None]:
    """Exit quietly after Ctrl-C, or where nobody reads what is printed any more.

    Answers look after their own output (see ``printed.output``); help and the version do not.
    """
    from zos_monitor.options import CLOSED_PIPE, INTERRUPTED
    from zos_monitor.signals import raising_on_ctrl_c

    try:
        with raising_on_ctrl_c():
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
