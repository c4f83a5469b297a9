"""``watch``: its lines, its bars, and the exit status that tells how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.following import BEGIN, CALL, INSIGHT, LAYER, end, watching
from tests.commands.invoking import complaint, invoke, program, run
from tests.conftest import ZosProcess
from zos_monitor.demo.writer import ZosWriter


def test_lines_in_a_pipe_and_status_0(live: ZosProcess, path: Path) -> None:
    with watching("--db", path, "watch", "latest") as watch:
        watch.until(f"{LAYER}  running  0/2")
        live.do(CALL)
        watch.until("running  0/2  1 call  $0.50")
        live.do(INSIGHT)
        watch.until("running  1/2  1 call  $0.50")
        live.do(end())
        assert watch.end() == 0
    assert f"{LAYER}  success  1/2  1 call  $0.50  took " in watch.lines[-1]
    assert all(line[:4].isdigit() and line[19] == "Z" for line in watch.lines)
    assert watch.words == []


@pytest.mark.parametrize(
    ("status", "exit_status"), [("dry", 0), ("partial", 1), ("failed", 1), ("odd", 1)]
)
def test_the_status_tells_how_the_run_ended(
    live: ZosProcess, path: Path, status: str, exit_status: int
) -> None:
    with watching("--db", path, "watch") as watch:
        watch.until("running")
        live.do(end(status))
        assert watch.end() == exit_status


def test_json_lines(live: ZosProcess, path: Path) -> None:
    with watching("--db", path, "watch", "--json") as watch:
        watch.until("open")
        live.do(CALL)
        watch.until("went on")
        live.do(end("failed"))
        assert watch.end() == 1
    first, *between, ended, over = map(json.loads, watch.lines)
    assert (first["event"], first["layer_name"]) == ("open", LAYER)
    assert first["run"]["state"] == "running"
    assert first["progress"]["matched"] == 2
    assert between[-1]["calls"] == 1
    assert (ended["event"], ended["run"]["state"], ended["progress"]) == ("ended", "failed", None)
    assert over.pop("at").endswith("Z")
    assert over == {
        "event": "over",
        "outcome": "badly",
        "counts": {"failed": 1},
        "exit_status": 1,
    }


def test_a_layers_next_run_is_waited_for(zos_process: ZosProcess, path: Path) -> None:
    zos_process.open(path)
    zos_process.do(BEGIN.replace("now(UTC)", "now(UTC) - timedelta(days=1)"))
    zos_process.do(end())
    with watching("--db", path, "watch", "--layer", LAYER) as watch:
        watch.until("to come")
        zos_process.do(BEGIN)
        watch.until("running")
        zos_process.do(end("partial"))
        assert watch.end() == 1


def test_a_stalled_run_is_status_3(path: Path) -> None:
    with ZosWriter(path) as zos:
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        zos.start_run(LAYER, started_at=hour_ago, targets_matched=1, run_id="one")
    assert run("--db", path, "watch").returncode == 3
    for arguments in ((), ("one",), ("latest",), ("--filter", f"layer:{LAYER}")):
        outcome = invoke("--db", path, "watch", *arguments)
        assert outcome.exit_code == 3, outcome.stderr
        assert f"{LAYER}  stalled  0/1" in outcome.stdout
        assert "silent since" in outcome.stdout
    assert invoke("--db", path, "watch", "--filter", "layer:other").exit_code == 0


def test_where_nothing_is_open_it_says_so(path: Path) -> None:
    with ZosWriter(path) as zos:
        zos.raw_run(id="done")
    outcome = run("--db", path, "watch")
    assert (outcome.returncode, outcome.stdout) == (0, "")
    assert outcome.stderr == "No run is open.\n"
    [line] = invoke("--db", path, "watch", "--json").stdout.splitlines()
    assert json.loads(line)["counts"] == {}


def test_what_has_ended_says_so_at_once(path: Path) -> None:
    with ZosWriter(path) as zos:
        zos.raw_run(id="done-well")
        zos.raw_run(id="done-badly", status="failed", layer_name="odd \x1b[31m\n name")
    for name, exit_status in (("done-w", 0), ("done-badly", 1), (f"latest:{LAYER}", 0)):
        result = invoke("--db", path, "watch", name)
        assert result.exit_code == exit_status
        assert len(result.stdout.splitlines()) == 1
        assert "\x1b" not in result.stdout


UNUSABLE = {
    "no such run": (["nope"], "There is no run 'nope'"),
    "no such layer": (["--layer", "nope"], "There is no layer 'nope'"),
    "several runs": (["done"], "Several runs"),
    "csv": (["--csv"], "watch has no CSV"),
    "a filter for a layer": (["--layer", "x", "--filter", "x"], "goes with neither"),
    "a bad filter": (["--filter", "status:no"], "--filter"),
    "no schedule": (["--tonight"], "no layer is known to start by the clock"),
}


@pytest.mark.parametrize(("arguments", "words"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_cannot_be_followed_is_one_line_and_status_2(
    path: Path, arguments: list[str], words: str
) -> None:
    with ZosWriter(path) as zos:
        zos.raw_run(id="done-1")
        zos.raw_run(id="done-2")
    assert words in complaint(invoke("--db", path, "watch", *arguments))


@pytest.mark.parametrize(
    "arguments", [["x", "--tonight"], ["--layer", "x", "--tonight"], ["--timeout", "soon"]]
)
def test_what_makes_no_sense_is_refused(arguments: list[str]) -> None:
    assert invoke("watch", *arguments).exit_code == 2


def test_a_missing_database_is_status_2(path: Path) -> None:
    assert "no database" in complaint(run("--db", path, "watch"))


def test_a_missing_database_can_be_waited_for(zos_process: ZosProcess, path: Path) -> None:
    with watching("--db", path, "watch", "--wait", "latest") as watch:
        watch.until("waiting for the database", told=True)
        zos_process.open(path)
        # Until there is a run it is still nothing to be followed; so all at once.
        assert watch.end() == 2
    assert len(watch.words) == 2
    with watching("--db", path, "watch", "--wait", "--layer", LAYER) as watch:
        assert watch.end() == 2


def test_a_database_that_goes_away_is_waited_for(live: ZosProcess, path: Path) -> None:
    with watching("--db", path, "watch") as watch:
        watch.until("running")
        live.do("zos.close()")
        aside = path.with_suffix(".aside")
        os.rename(path, aside)
        watch.until("waiting for the database: no database", told=True)
        os.rename(aside, path)
        live.do(f"zos = ZosWriter({str(path)!r})")
        live.do(end())
        assert watch.end() == 0
    assert len(watch.words) == 1


def test_the_timeout_is_status_124(live: ZosProcess, path: Path) -> None:
    with watching("--db", path, "watch", "--json", "--timeout", "1s") as watch:
        assert watch.end() == 124
    assert json.loads(watch.lines[-1])["outcome"] == "timeout"
    assert json.loads(watch.lines[-1])["exit_status"] == 124
    assert watch.words == ["zos-monitor: gave up waiting, for it took too long\n"]


def test_ctrl_c_is_status_130(live: ZosProcess, path: Path) -> None:
    with watching("--db", path, "watch") as watch:
        watch.until("running")
        watch.interrupt()
        assert watch.end() == 130
    assert watch.words == []
    live.do("zos.close()")
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_closed_pipe_ends_it_quietly(live: ZosProcess, path: Path, goes_on: bool) -> None:
    if not (goes_on or sys.platform == "linux"):
        pytest.skip("noticed when there is something to print")
    process = subprocess.Popen(
        program("--db", path, "watch"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        if goes_on:
            live.do(CALL)
        assert process.wait(20) == 141
        assert process.stderr.read() == ""
    live.do("zos.close()")
    assert os.listdir(path.parent) == [path.name]


def test_no_command_that_is_left_alone_imports_what_draws(path: Path) -> None:
    with ZosWriter(path) as zos:
        zos.raw_run(id="done")
    code = f"""
import sys
from click.testing import CliRunner
from zos_monitor.cli import main
for command in (["watch", "done"], ["check"], ["export", "-"]):
    assert CliRunner().invoke(main, ["--db", {str(path)!r}, *command]).exit_code == 0
print(*(name.partition(".")[0] for name in sys.modules))
"""
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"textual", "rich", "pydantic", "httpx", "fastapi"} & {*outcome.stdout.split()}
