"""What ends the program though nobody has foreseen it: on a terminal, and as a command."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.invoking import invoke
from tests.crash.injecting import SECRET, fail, fail_later
from tests.terminals import Terminal
from tests.waiting import PATIENCE
from zos_monitor import reports
from zos_monitor.cli import main
from zos_monitor.commands import MODULES
from zos_monitor.options import Options
from zos_monitor.service import RunService

LEAVE = b"\x1b[?1049l"
SENTENCE = "zos-monitor: ended by a fault of zos-monitor's own (LookupError in "


@pytest.fixture
def hooks() -> Iterator[None]:
    """Have Python's own hooks be again what they were."""
    before = threading.excepthook, sys.unraisablehook
    yield
    threading.excepthook, sys.unraisablehook = before


def told(text: str, noted: Path) -> None:
    """Assert that a text is the one sentence on a crash, and that its report is there."""
    [line] = text.splitlines()
    assert line.startswith(SENTENCE)
    assert [path for path in noted.glob("crash-*.txt") if f" {path}" in line]
    for path in noted.iterdir():
        assert SECRET not in path.read_text()
    assert SECRET not in text


@pytest.mark.parametrize(("fault", "keys"), [("render", b""), ("closing", b"q")])
def test_the_terminal_is_given_back_and_told_in_a_sentence(
    history: Path, noted: Path, tmp_path: Path, fault: str, keys: bytes
) -> None:
    terminal = Terminal(
        *(fault, "--db", str(history)),
        folder=tmp_path,
        program=("-m", "tests.crash.injecting"),
    )
    try:
        if keys:
            terminal.until(lambda: "causes" in "\n".join(terminal.screen.lines))
            terminal.type(keys)
        assert terminal.end() == reports.SOFTWARE
        assert terminal.as_it_was
        assert SECRET.encode() not in terminal.written
        _, _, after = terminal.written.rpartition(LEAVE)
        _, sign, sentence = after.decode().partition("zos-monitor:")
        told(sign + sentence, noted)
    finally:
        terminal.close()


COMMANDS = [name for name in MODULES if name not in ("completion", "demo", "check")]
AWAITED = ("newest", "run_slice", "totals", "nights", "present", "run", "known_layers", "pasts")
WORDS = {"show": ["latest"], "latest": ["dm-response"], "api": ["--port", "0"]}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_with_one_sentence(
    history: Path,
    noted: Path,
    tmp_path: Path,
    hooks: None,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for question in AWAITED:
        monkeypatch.setattr(RunService, question, fail_later)
    for question in ("details", "failures", "breakdown"):
        monkeypatch.setattr(RunService, question, fail)
    if name == "api":
        monkeypatch.setattr("zos_monitor.commands.api._serve", fail)
    with pytest.raises(SystemExit) as ended:
        main(["--db", str(history), name, *WORDS.get(name, [])])
    assert ended.value.code == reports.SOFTWARE
    out = capfd.readouterr()
    told(out.err, noted)
    assert out.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["noted"]


def test_check_is_unknown_by_its_convention(
    history: Path, noted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunService, "nights", fail_later)
    result = invoke("--db", history, "check")
    assert (result.exit_code, result.stderr) == (3, "")
    told(result.stdout.replace("ZOS UNKNOWN - ", "zos-monitor: "), noted)


def test_who_calls_it_from_python_gets_the_exception(
    history: Path, noted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Options, "service", fail)
    result = invoke("--db", history, "runs")
    assert isinstance(result.exception, LookupError)
    assert not noted.exists()


def run(code: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(code, capture_output=True, text=True, timeout=3 * PATIENCE, check=False)


FAILING = f"""
import sys
from unittest.mock import patch
from zos_monitor.starting import main
from zos_monitor.options import Options
with patch.object(Options, "service", side_effect=LookupError({SECRET!r})):
    main()
"""


def test_developers_may_have_pythons_own_traceback(noted: Path) -> None:
    code = [sys.executable, "-X", "dev", "-c", FAILING, "runs"]
    outcome = run(code)
    assert outcome.returncode == 1
    assert "Traceback" in outcome.stderr
    assert SECRET in outcome.stderr
    assert not noted.exists()


UNHEARD = f"""
import asyncio, gc, sys, threading
from pathlib import Path
import click
from zos_monitor.commands import Commands
from zos_monitor.options import Options

class Odd:
    def __del__(self):
        raise ValueError({SECRET!r})

def broken(*_):
    raise LookupError({SECRET!r})

async def question(service):
    asyncio.get_running_loop().call_soon(broken)
    lost = asyncio.ensure_future(asyncio.to_thread(broken))
    await asyncio.wait([lost])
    del lost
    gc.collect()
    Odd()
    other = threading.Thread(target=broken)
    other.start()
    other.join()

@click.command(cls=Commands, invoke_without_command=True)
@click.argument("database", type=Path)
def main(database):
    Options(db=database).ask(question)

main()
"""


def test_what_reaches_nobody_is_noted_and_not_printed(
    history: Path, noted: Path, tmp_path: Path
) -> None:
    script = tmp_path / "unheard.py"
    script.write_text(UNHEARD)
    code = [sys.executable, str(script), str(history)]
    outcome = run(code)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "", "")
    text = (noted / "zos-monitor.log").read_text()
    assert SECRET not in text
    for doing in ("work beside all else", "a thread of its own", "letting go of what is not"):
        assert f"] {doing}" in text


@pytest.mark.parametrize(
    ("words", "status"), [(("show", "nope"), 2), (("--version",), 0), (("--nonsense",), 2)]
)
def test_what_ended_orderly_stays_as_it_was(
    path: Path, noted: Path, hooks: None, words: tuple[str, ...], status: int
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--db", str(path), *words])
    assert ended.value.code == status
    assert not noted.exists()
