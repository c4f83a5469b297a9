"""``completion``: the scripts, and what they have the program offer."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.commands.invoking import APART, invoke, printed
from tests.waiting import PATIENCE
from zos_monitor.cli import main

SHELLS = ("bash", "zsh", "fish")


def offered(*words: object, shell: str = "zsh") -> list[str]:
    """Return what is offered in the place of the last word, without the words of help."""
    environment = {
        "_ZOS_MONITOR_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": "\n".join(["zos-monitor", *map(str, words)]),
        "COMP_CWORD": str(len(words)),
    }
    result = CliRunner(**APART, env=environment).invoke(main, prog_name="zos-monitor")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    return lines[1::3] if shell == "zsh" else [line.partition(",")[2] for line in lines]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script(shell: str) -> None:
    script = printed("completion", shell)
    assert "_ZOS_MONITOR_COMPLETE" in script
    assert f"{shell}_complete" in script


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_take_their_scripts(shell: str, tmp_path: Path) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"there is no {shell} here")
    file = tmp_path / "script"
    file.write_text(printed("completion", shell))
    checked = subprocess.run([found, "-n", str(file)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_another_shell_is_refused() -> None:
    result = invoke("completion", "csh")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "bash" in result.stderr


def test_help_tells_where_the_scripts_go() -> None:
    text = printed("completion", "--help")
    for place in ("bash-completion/completions", "fpath", "fish/completions"):
        assert place in text


def test_names_are_offered(history: Path) -> None:
    layers = offered("--db", history, "runs", "--layer", "nightly-u")
    assert layers == ["nightly-user-reflection"]
    assert offered("runs", "--db", history, "--layer", "once,dm") == ["once,dm-response"]
    assert offered("--db", history, "latest", "weekly-") == [
        "weekly-meta-reflection",
        "weekly-self-reflection",
    ]
    assert offered("--db", history, "show", "same-") == [f"same-{n}" for n in range(6, -1, -1)]
    assert offered("--db", history, "show", "")[0] == "latest"
    assert offered("--db", history, "show", "latest:on") == ["latest:once"]


def test_states_and_times_are_offered(tmp_path: Path) -> None:
    assert offered("runs", "--status", "failed,", shell="bash")[:2] == [
        "failed,running",
        "failed,stalled",
    ]
    assert "failed,failed" not in offered("runs", "--status", "failed,")
    assert "7d" in offered("errors", "--since", "")


def test_names_that_would_steer_a_terminal_are_not_offered(history: Path) -> None:
    names = offered("--db", history, "stats", "--layer", "")
    assert names
    assert all(name.isprintable() for name in names)


def test_where_nothing_can_be_read_nothing_is_offered(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database\n" * 999)
    for options in (
        ["--db", tmp_path / "nowhere.db"],
        ["--db", tmp_path / "text.db"],
        ["--zos-dir", tmp_path],
        ["--url", "http://127.0.0.1:9"],
    ):
        assert offered(*options, "latest", "") == []
    assert [path.name for path in tmp_path.iterdir()] == ["text.db"]


def test_an_unfinished_filter_is_in_nobodys_way(history: Path) -> None:
    assert offered("--db", history, "--filter", "status:f", "show", "blob-") == ["blob-date"]


def test_the_script_of_bash_has_the_program_asked(history: Path, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    ours = tmp_path / "zos-monitor"
    ours.write_text(f"#!{sys.executable}\nfrom zos_monitor.cli import main\nmain()\n")
    ours.chmod(0o755)
    words = shlex.join(["zos-monitor", "--db", str(history), "latest", "on"])
    code = f"COMP_WORDS=({words}); COMP_CWORD=4; _zos_monitor_completion zos-monitor"
    told = subprocess.run(
        [bash, "-c", f'{printed("completion", "bash")}{code}; echo "${{COMPREPLY[@]}}"'],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE * 3,
        check=False,
    )
    assert (told.stdout, told.stderr) == ("once\n", "")
