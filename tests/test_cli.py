"""The command line, within this process and as a process of its own."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.commands.invoking import complaint, invoke, run
from tests.waiting import PATIENCE
from zos_monitor import __version__
from zos_monitor.cli import main
from zos_monitor.commands import MODULES
from zos_monitor.demo.writer import ZosWriter

HEAVY = ("textual", "rich", "pydantic", "aiosqlite", "yaml", "humanize", "asyncio", "sqlite3")


@pytest.fixture
def copy(history: Path, path: Path) -> Path:
    return Path(shutil.copy2(history, path))


def test_the_version() -> None:
    assert invoke("--version").output == f"zos-monitor, version {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["layers", "--help"], ["demo", "-h"]])
def test_help(arguments: list[str]) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 0
    assert result.output.startswith("Usage: ")


def test_help_names_every_option_and_command() -> None:
    text = invoke("--help").output
    for name in (*MODULES, "--db", "--zos-dir", "--filter", "--poll", "--ascii"):
        assert name in text
    assert "\b" not in text


def test_layers_prints_the_totals_of_each_layer(history: Path) -> None:
    result = invoke("--db", history, "layers")
    assert (result.exit_code, result.stderr) == (0, "")
    head, *lines = result.stdout.splitlines()
    assert head.startswith("LAYER")
    assert lines[-1].startswith("all layers")
    names = [line.split()[0] for line in lines[:-1]]
    assert "nightly-user-reflection" in names
    assert names == sorted(names)
    counts = [int(line.split()[1]) for line in lines[:-1] if not line.startswith("broken")]
    assert sum(counts) + 2 == int(lines[-1].split()[2])


def test_layers_prints_what_the_filter_matches(history: Path) -> None:
    result = invoke("--db", history, "--filter", "layer:dev_manual", "layers")
    assert [line.split()[:2] for line in result.stdout.splitlines()[1:]] == [
        ["dev_manual", "1"],
        ["all", "layers"],
    ]


def test_layers_of_a_zos_folder(history: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(f"database: {{path: {history}}}")
    assert (
        invoke("--zos-dir", tmp_path, "layers").stdout == invoke("--db", history, "layers").stdout
    )


UNUSABLE = {
    "missing": (None, "no database at"),
    "empty": (b"", "the file is empty"),
    "a text": (b"just a text\n" * 999, "not an SQLite database"),
}


@pytest.mark.parametrize(("content", "words"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unusable_database_is_one_line_and_status_2(
    path: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        path.write_bytes(content)
    assert words in complaint(invoke("--db", path, "layers"))
    assert words in complaint(run("--db", path, "layers"))
    assert os.listdir(path.parent) == ([] if content is None else ["zos.db"])


def test_a_file_that_is_not_zos_s_is_one_line(path: Path) -> None:
    ZosWriter(path, without={"layer_runs"}).close()
    assert "no table layer_runs" in complaint(run("--db", path, "layers"))


def test_a_name_with_a_line_feed_or_an_escape_stays_on_its_line(tmp_path: Path) -> None:
    line = complaint(invoke("--db", tmp_path / "two\nlines\x1b[31m", "layers"))
    assert "two ⏎ lines␛[31m" in line


def test_a_file_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["x" * 200] * 3)
    folder.mkdir(parents=True)
    (folder / "zos.db").write_bytes(b"SQLite format 3\0" + b"\0" * 99)
    for _ in range(3):
        assert "can't be opened" in complaint(run("--db", folder / "zos.db", "layers"))


@pytest.mark.parametrize("command", [["layers"], ["demo"], []], ids=["layers", "demo", "dashboard"])
def test_a_bad_filter_is_told_with_its_word(history: Path, command: list[str]) -> None:
    line = complaint(invoke("--db", history, "--filter", "Ada status:nope", *command))
    assert "--filter, at 'status:nope': " in line or "--filter, at 'nope': " in line


def test_a_bad_config_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("data_dir:\n  - 7\n  - [")
    assert "can't be read" in complaint(invoke("--zos-dir", tmp_path, "layers"))
    assert "no zos folder" in complaint(invoke("--zos-dir", tmp_path / "none", "layers"))


@pytest.mark.parametrize("poll", ["0", "-1", "soon", "3601"])
def test_an_interval_that_makes_no_sense_is_refused(history: Path, poll: str) -> None:
    result = invoke("--db", history, "--poll", poll, "layers")
    assert result.exit_code == 2
    assert "--poll" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["demo"]], ids=["dashboard", "demo"])
def test_the_dashboard_needs_a_terminal(copy: Path, arguments: list[str]) -> None:
    assert "needs a terminal" in complaint(run("--db", copy, *arguments))
    assert os.listdir(copy.parent) == ["zos.db"]


@pytest.mark.parametrize("term", ["dumb", ""])
def test_the_dashboard_needs_a_terminal_that_can_move_its_cursor(copy: Path, term: str) -> None:
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "TERM"}
    process = subprocess.Popen(
        [sys.executable, "-m", "zos_monitor", "--db", str(copy)],
        env=environment | ({"TERM": term} if term else {}),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    try:
        printed, _ = process.communicate(timeout=PATIENCE * 3)
        [line] = os.read(ours, 4096).decode().splitlines()
    finally:
        process.kill()
        os.close(theirs)
        os.close(ours)
    assert (process.returncode, printed) == (2, b"")
    assert "TERM is dumb or not set" in line


def test_as_a_process_it_prints_the_same_and_leaves_nothing(copy: Path) -> None:
    before = copy.read_bytes()
    outcome = run("--db", copy, "layers", PYTHONWARNINGS="error")
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout == invoke("--db", copy, "layers").stdout
    assert os.listdir(copy.parent) == ["zos.db"]
    assert copy.read_bytes() == before


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_where_a_sign_cannot_be_printed_the_table_is_printed_all_the_same(
    history: Path, encoding: str
) -> None:
    outcome = run("--db", history, "layers", PYTHONIOENCODING=encoding)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "nightly-user-reflection" in outcome.stdout


def test_plain_output_is_ascii(history: Path) -> None:
    assert not invoke("--db", history, "layers").stdout.isascii()
    assert invoke("--db", history, "--ascii", "layers").stdout.isascii()


def test_importing_the_command_line_is_light() -> None:
    code = f"import sys, zos_monitor.cli; print(*(set({HEAVY}) & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


def test_a_poll_of_no_number_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--db", str(tmp_path / "zos.db"), "--poll", "nan"])
    assert result.exit_code == 2
    assert "nan is no number" in result.output


def test_a_name_that_leaves_no_room_for_the_side_files_is_one_line(copy: Path) -> None:
    longest = copy.with_name("n" * 252)
    copy.rename(longest)
    assert "can't be reached" in complaint(invoke("--db", longest, "layers"))


def test_a_mistake_in_a_filter_is_shown_by_its_beginning(copy: Path) -> None:
    line = complaint(invoke("--db", copy, "--filter", "x" * 60_000, "layers"))
    assert len(line) < 300
    assert "too long" in line
