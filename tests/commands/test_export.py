"""``export``: files as the dashboard writes them, and standard output."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from tests.commands.invoking import complaint, invoke, program, run
from tests.demo.waiting import wait_for
from tests.terminals import Terminal
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.exports import COLUMNS

PLENTY = 3_000


@pytest.fixture
def plenty(path: Path) -> Path:
    """Return a database whose export takes a while."""
    with ZosWriter(path) as zos, zos.batch():
        for n in range(PLENTY):
            zos.raw_run(id=f"run-{n:05}", errors=json.dumps([{"error": "no answer" * 100}]))
    return path


def test_a_file_by_a_name_of_ours(history: Path, tmp_path: Path) -> None:
    where = tmp_path / "here"
    where.mkdir()
    command = program("--db", history, "export", "--filter", "layer:dev_manual")
    environ = {**os.environ, "PYTHONPATH": os.getcwd()}
    for _ in range(2):  # the second one is given another name
        outcome = subprocess.run(
            command, cwd=where, env=environ, capture_output=True, text=True, check=True
        )
        assert outcome.stdout == ""
        assert outcome.stderr.startswith("Exported 1 run to zos-runs-")
    files = sorted(where.iterdir())
    assert len(files) == 2
    assert all(file.name.startswith("zos-runs-") and file.suffix == ".csv" for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    [record] = csv.DictReader(io.StringIO(files[0].read_text("utf-8-sig")))
    assert (record["id"], [*record][: len(COLUMNS)]) == ("dev_manual", [*COLUMNS])


FORMATS = {
    "by its ending": (["out.jsonl"], "out.jsonl", "{"),
    "by option": (["out", "--format", "md"], "out", "| id"),
    "an option before an ending": (["out.csv", "--format", "jsonl"], "out.csv", "{"),
    "csv where nothing says": (["out.txt"], "out.txt", "id,"),
    "by the form of answers": (["out", "--json"], "out", "{"),
}


@pytest.mark.parametrize(("arguments", "name", "begin"), FORMATS.values(), ids=FORMATS.keys())
def test_the_format(
    history: Path, tmp_path: Path, arguments: list[str], name: str, begin: str
) -> None:
    arguments = [str(tmp_path / arguments[0]), *arguments[1:]]
    result = invoke("--db", history, "export", "--filter", "layer:dev_manual", *arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / name).read_text("utf-8-sig").startswith(begin)


def test_standard_output_has_what_a_file_has(history: Path, tmp_path: Path) -> None:
    assert invoke("--db", history, "export", tmp_path / "all.csv").exit_code == 0
    outcome = run("--db", history, "export", "-")
    assert (outcome.returncode, outcome.stderr) == (0, "")
    file = (tmp_path / "all.csv").read_text("utf-8-sig")
    printed = [*csv.reader(io.StringIO(outcome.stdout))]
    written = [*csv.reader(io.StringIO(file))]
    assert printed[0][0] == "id"  # without a mark that would become a part of the name
    assert {row[0] for row in printed} == {row[0] for row in written}
    assert len(printed) == len(written)


def test_no_run_on_standard_output_is_a_head(history: Path) -> None:
    result = invoke("--db", history, "export", "-", "--filter", "layer:none")
    assert result.exit_code == 0
    [head] = csv.reader(io.StringIO(result.stdout))
    assert head[0] == "id"


def test_json_lines_on_standard_output(history: Path) -> None:
    result = invoke("--db", history, "export", "-", "--format", "jsonl")
    assert result.exit_code == 0
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert "dev_manual" in {record["id"] for record in records}


def test_what_is_there_is_never_replaced(history: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine")
    assert "of that name already" in complaint(run("--db", history, "export", there))
    assert there.read_text() == "mine"
    assert "that is a folder" in complaint(invoke("--db", history, "export", tmp_path))
    nowhere = tmp_path / "nowhere" / "x.csv"
    assert "no such folder" in complaint(invoke("--db", history, "export", nowhere))
    assert os.listdir(tmp_path) == ["there.csv"]


def test_what_cannot_be_read_leaves_nothing(path: Path, tmp_path: Path) -> None:
    assert "no database" in complaint(run("--db", path, "export", tmp_path / "x.csv"))
    assert "no database" in complaint(run("--db", path, "export", "-"))
    assert "--filter" in complaint(invoke("--db", path, "export", "--filter", "status:no", "x"))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_what_is_interrupted_leaves_nothing(
    plenty: Path, tmp_path: Path, number: int, status: int
) -> None:
    where = tmp_path / "here"
    where.mkdir()
    with subprocess.Popen(
        program("--db", plenty, "export", where / "x.csv"), stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(lambda: bool(os.listdir(where)))
        process.send_signal(number)
        assert process.wait(20) == status
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert os.listdir(where) == []
    assert sorted(os.listdir(tmp_path)) == ["here", "zos.db"]


def test_a_closed_pipe_ends_it_quietly(plenty: Path) -> None:
    process = subprocess.Popen(
        program("--db", plenty, "export", "-"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"id,")
        process.stdout.close()
        assert process.wait(20) == 141
        assert process.stderr.read() == b""


def test_progress_on_a_terminal(plenty: Path, tmp_path: Path) -> None:
    terminal = Terminal("--db", str(plenty), "export", str(tmp_path / "x.md"), folder=tmp_path)
    try:
        terminal.read_until(f"of {PLENTY:,} runs\r\n".encode())
        assert terminal.end() == 0
        assert f"Exported {PLENTY:,} runs to ".encode() in terminal.written
        assert terminal.screen is not None
    finally:
        terminal.close()
