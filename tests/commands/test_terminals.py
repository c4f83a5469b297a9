"""Tables on a terminal: as wide as it is, coloured, with a word on what is not shown."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import termios
from dataclasses import replace
from pathlib import Path

import pytest

from tests.commands.invoking import printed, program
from tests.conftest import NOW
from tests.tui.made_runs import made_run
from tests.waiting import PATIENCE
from zos_monitor.answers.runs import RunsAnswer, run_answer
from zos_monitor.commands.runs import place, table
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.states import RunState

_SGR = re.compile(r"\x1b\[[0-9;]*m")


def shown(width: int, *arguments: object, **environment: str) -> str:
    """Return what a command prints on a terminal of this width, standard error included."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, width))
    unset = ("COLUMNS", "LINES", "NO_COLOR")
    inherited = {name: value for name, value in os.environ.items() if name not in unset}
    process = subprocess.Popen(
        program(*arguments),
        env={**inherited, "TERM": "xterm-256color", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    text = b""
    try:
        while chunk := os.read(ours, 65536):
            text += chunk
    except OSError:  # as a terminal ends on Linux
        pass
    os.close(ours)
    assert process.wait(PATIENCE) == 0, text
    return text.decode().replace("\r\n", "\n")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database of layers with long names."""
    path = tmp_path_factory.mktemp("nights") / "zos.db"
    with ZosWriter(path) as zos:
        for n, status in enumerate(["success", "partial", "failed", "dry", "paused"] * 5):
            name = f"nightly-layer-number-{n % 7:03}"
            zos.raw_run(layer_name=name, started_at=NOW, status=status, errors='[{"error": "x"}]')
    return path


A_RUN = run_answer(made_run(RunState.SUCCESS, insights_created=1))
COMMANDS = [["runs"], ["layers"], ["stats", "--days", "9999"], ["errors", "--since", "all"]]


@pytest.mark.parametrize("words", COMMANDS, ids=[words[0] for words in COMMANDS])
@pytest.mark.parametrize("width", [80, 120])
def test_tables_are_as_wide_as_the_terminal(nights: Path, words: list[str], width: int) -> None:
    lines = _SGR.sub("", shown(width, "--db", nights, *words)).splitlines()
    assert max(map(len, lines)) <= width
    piped = printed("--db", nights, *words).splitlines()
    heads = [line for line in piped if "RUNS" in line or "STARTED" in line]
    assert heads
    if width == 80:
        assert not set(heads) & set(lines)


def test_states_are_coloured(nights: Path) -> None:
    text = shown(80, "--db", nights, "runs")
    assert "\x1b[31mfailed\x1b[0m" in text
    assert "\x1b[32msuccess\x1b[0m" in text
    assert "\x1b[33mpartial\x1b[0m" in shown(
        80, "--db", nights, "show", "latest", "--filter", "status:partial"
    )


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_can_be_had_none(nights: Path, environment: dict[str, str]) -> None:
    text = shown(80, "--db", nights, "runs", **environment)
    assert "failed" in text
    assert "\x1b" not in text


def test_an_empty_no_color_is_none(nights: Path) -> None:
    assert "\x1b[31m" in shown(80, "--db", nights, "runs", NO_COLOR="")


def test_json_is_laid_out_for_people_and_never_coloured(nights: Path) -> None:
    text = shown(80, "--db", nights, "runs", "--json")
    assert text.startswith('{\n  "runs": [\n')
    assert "\x1b" not in text


def test_people_are_told_how_the_list_goes_on(nights: Path) -> None:
    text = shown(120, "--db", nights, "runs", "--limit", "10")
    assert text.splitlines()[-1] == "10 of 25 runs; --offset 10 shows the next"


PLACES = [
    (5, 20, "21 to 25 of 25 runs"),
    (1, 7, "8 to 8 of 25 runs; --offset 8 shows the next"),
    (0, 30, "none of 25 runs: --offset is beyond the last"),
]


@pytest.mark.parametrize(("count", "offset", "words"), PLACES)
def test_places_in_words(count: int, offset: int, words: str) -> None:
    more = 0 < offset + count < 25
    answer = RunsAnswer(runs=[A_RUN] * count, total=25, offset=offset, limit=count, has_more=more)
    assert place(answer) == words
    assert place(replace(answer, total=0, runs=[])) == "no run matches"


def test_what_a_server_does_not_tell_is_a_dash() -> None:
    run = replace(A_RUN, error_count=None, estimated_cost_usd=None)
    answer = RunsAnswer(runs=[run], total=1, offset=0, limit=1, has_more=False)
    assert table(answer)[1].split()[5:8] == ["1", "—", "—"]
