"""Commands as processes: what they end with, in pipes, after signals, and what they import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.invoking import complaint, invoke, printed, program, run
from tests.waiting import PATIENCE
from zos_monitor.commands import MODULES
from zos_monitor.demo.writer import ZosWriter

QUESTIONS = [
    ["runs"],
    ["runs", "--include-errors"],
    ["show", "latest"],
    ["latest", "dm-response"],
    ["stats"],
    ["errors", "--since", "all"],
    ["layers"],
    ["tonight"],
    ["export", "-"],
    ["completion", "bash"],
]
NAMES = [" ".join(words) for words in QUESTIONS]
FORMS = ["--table", "--json", "--csv"]

# Statuses

_IMPORTS = """
import sys
from zos_monitor.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def ended(*arguments: object) -> tuple[int, set[str]]:
    """Return the exit status of a command, and the packages that it imports."""
    code = [sys.executable, "-W", "error", "-c", _IMPORTS, *map(str, arguments)]
    outcome = subprocess.run(code, capture_output=True, text=True, check=False)
    [line] = outcome.stderr.splitlines()
    return outcome.returncode, packages(line)


def packages(modules: str) -> set[str]:
    return {name.partition(".")[0] for name in modules.split()}


@pytest.mark.parametrize("words", [["show", "latest"], ["tonight"], ["runs", "--json"]])
def test_a_database_that_is_none_is_one_line_and_status_2(path: Path, words: list[str]) -> None:
    path.write_bytes(b"just a text\n" * 999)
    assert "not an SQLite database" in complaint(run("--db", path, *words))
    assert os.listdir(path.parent) == ["zos.db"]


def test_what_is_not_there_is_status_1(history: Path) -> None:
    complaint(run("--db", history, "show", "nope"), status=1)


@pytest.mark.parametrize("words", QUESTIONS, ids=NAMES)
def test_an_answer_is_status_0_leaves_nothing_and_imports_nothing_that_draws(
    copy: Path, words: list[str]
) -> None:
    before = copy.read_bytes()
    status, modules = ended("--db", copy, *words)
    assert status == 0
    assert "zos_monitor" in modules
    assert not modules & {"textual", "rich", "fastapi", "uvicorn", "httpx", "pydantic"}
    assert os.listdir(copy.parent) == ["zos.db"]
    assert copy.read_bytes() == before


def test_no_command_is_left_out() -> None:
    those_that_wait = {"watch", "check"}  # see test_watch
    those_that_draw_or_serve = {"demo", "api"}
    seen = {words[0] for words in QUESTIONS} | those_that_wait | those_that_draw_or_serve
    assert seen == {*MODULES}


# Pipes


def ended_early(*arguments: object, lines: int, **environment: str) -> tuple[int, str]:
    """Return the exit status, and what is on standard error, where so many lines are read."""
    process = subprocess.Popen(
        program(*arguments),
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    for _ in range(lines):
        process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read().decode()
    process.stderr.close()
    return process.wait(PATIENCE), said


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database whose lists are larger than any pipe's buffer."""
    path = tmp_path_factory.mktemp("large") / "zos.db"
    with ZosWriter(path) as zos, zos.batch():
        for n in range(1000):
            zos.raw_run(
                layer_name=f"layer-{n}-{'x' * 200}", errors=f'[{{"error": "e{n}{"y" * 99}"}}]'
            )
    return path


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("form", FORMS)
def test_who_stops_reading_hears_no_complaint(large: Path, form: str, unbuffered: str) -> None:
    asked = ("--db", large, "runs", "--limit", 1000, form)
    assert ended_early(*asked, lines=0, PYTHONUNBUFFERED=unbuffered) == (141, "")
    if form != "--json" and unbuffered:  # JSON is one line
        assert ended_early(*asked, lines=1, PYTHONUNBUFFERED=unbuffered) == (141, "")


@pytest.mark.parametrize("words", [["stats"], ["--help"], ["runs", "--help"]])
def test_whatever_is_printed(large: Path, words: list[str]) -> None:
    assert ended_early("--db", large, *words, lines=0) == (141, "")


UNPRINTED = [(["runs"], 2), (["check"], 3)]  # to monitoring systems 2 would mean critical


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    ("words", "status"), [*UNPRINTED, (["--help"], 2), (["--version"], 2), (["runs", "--help"], 2)]
)
def test_a_full_disk_is_one_line(history: Path, words: list[str], status: int) -> None:
    with open("/dev/full", "w") as full:
        outcome = subprocess.run(
            program("--db", history, *words),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    [line] = outcome.stderr.splitlines()
    assert outcome.returncode == status
    assert "can't be written to (No space left on device)" in line


@pytest.mark.parametrize(("words", "status"), UNPRINTED)
def test_a_closed_output_is_one_line(history: Path, words: list[str], status: int) -> None:
    outcome = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *program("--db", history, *words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "it is closed" in complaint(outcome, status)


@pytest.mark.parametrize(("form", "name"), [("--table", "??na?ve"), ("--csv", "\\u5c64na\\xefve")])
def test_what_the_output_cannot_spell_is_printed_otherwise(
    path: Path, form: str, name: str
) -> None:
    with ZosWriter(path) as zos:
        zos.raw_run(layer_name="層naïve")
    outcome = run("--db", path, "runs", form, PYTHONIOENCODING="ascii")
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert name in outcome.stdout


def test_in_the_c_locale_tables_are_ascii(history: Path) -> None:
    asked = ("--db", history, "layers")
    assert run(*asked, LANG="C", LC_ALL="", LC_CTYPE="").stdout.isascii()
    assert not invoke(*asked, LANG="C.UTF-8", LC_ALL="", LC_CTYPE="").stdout.isascii()


# Signals

_SLOW = """
import asyncio, sys
from zos_monitor.answers import runs
from zos_monitor.cli import main

async def slow(service, *arguments, **options):
    async with service._read() as reader:
        print("asked", file=sys.stderr, flush=True)
        await reader.rows(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        )

runs.runs = slow
main()
"""


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_a_slow_question_in_order(copy: Path, number: int, status: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW, "--db", str(copy), "runs"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "asked\n"
    process.send_signal(number)
    try:
        told = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()  # else one that does not heed it would work for ever
    assert (process.returncode, told) == (status, ("", ""))
    assert os.listdir(copy.parent) == ["zos.db"]


# Imports


def test_a_list_of_runs_imports_little(history: Path) -> None:
    _, modules = ended("--db", history, "runs", "--json")
    assert not modules & {"pydantic", "yaml", "apscheduler", "humanize", "csv", "difflib", "email"}
    _, modules = ended("--version")
    assert not modules & {"asyncio", "sqlite3", "aiosqlite", "yaml", "json"}


def test_no_help_imports_what_draws() -> None:
    code = f"""
import sys
from click.testing import CliRunner
from zos_monitor.cli import main
for name in {[*MODULES]}:
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0
print(*sys.modules)
"""
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not packages(outcome.stdout) & {"textual", "rich", "fastapi", "uvicorn", "aiosqlite"}


@pytest.mark.parametrize("name", MODULES)
def test_all_help_has_examples(name: str) -> None:
    text = printed(name, "--help")
    assert f"zos-monitor {name}" in text
    assert "\b" not in text
    assert text.isascii()  # so that every terminal can show it
