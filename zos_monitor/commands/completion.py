"""``completion``: what makes a shell complete commands, options and names."""

from __future__ import annotations

import click

from zos_monitor.printed.output import say

PROGRAM = "zos-monitor"
_VARIABLE = "_ZOS_MONITOR_COMPLETE"
"""The environment variable by which the script asks the program; click makes it of the name."""


@click.command("completion", short_help="Print a script that completes in the shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script by which a shell completes commands, options, layers, states and run ids.

    It goes into a file that the shell reads when it starts, or when it completes.

    \b
    bash (4.4 or newer, with the package bash-completion):
      zos-monitor completion bash > ~/.local/share/bash-completion/completions/zos-monitor
    or in ~/.bashrc:
      eval "$(zos-monitor completion bash)"

    \b
    zsh, in a folder of $fpath, before compinit:
      zos-monitor completion zsh > "${fpath[1]}/_zos-monitor"
    or in ~/.zshrc, after compinit:
      eval "$(zos-monitor completion zsh)"

    \b
    fish:
      zos-monitor completion fish > ~/.config/fish/completions/zos-monitor.fish
    """  # noqa: D301 (click reads the control character)
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # click has these three
    script = kind(click.Command(PROGRAM), {}, PROGRAM, _VARIABLE)
    # Not the shell's own: bash's would start a bash to ask for its version.
    say([ShellComplete.source(script).rstrip()])
