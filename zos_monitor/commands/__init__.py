"""The commands: each parses its options, asks the service, and prints; nothing else.

One file each, imported when the command is called: ``MODULES`` names the object in each that is
called as the command. A command takes ``Options`` (``click.pass_obj``) beside its own.
"""

from __future__ import annotations

import importlib

import click

MODULES = {
    "runs": "runs",
    "layers": "layers",
    "demo": "demo",
}
"""The module of each command, by the command's name, in the order in which help lists them."""


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*MODULES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None where there is none of that name."""
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"zos_monitor.commands.{MODULES[cmd_name]}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run what was asked for; after Ctrl-C end as shells expect it."""
        from zos_monitor.options import INTERRUPTED

        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
