from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.arguments import QUICK_RUNS, RUNS, Arguments, parse

GROUPS = {"start": "Start.", "keys": "Keys."}


def test_everything_is_measured_on_a_million_runs() -> None:
    assert parse([], GROUPS) == Arguments(RUNS, False, ("start", "keys"), False, None)
    assert RUNS == 1_000_000


def test_quick_means_fewer_runs_unless_told_how_many() -> None:
    assert parse(["--quick"], GROUPS).runs == QUICK_RUNS
    asked = parse(["--quick", "--runs", "2,000,000"], GROUPS)
    assert (asked.runs, asked.quick) == (2_000_000, True)


def test_figures_can_be_chosen_and_kept() -> None:
    asked = parse(["--only", "keys", "--json", "kept.json"], GROUPS)
    assert (asked.only, asked.json) == (("keys",), Path("kept.json"))
    assert parse(["--list"], GROUPS).list


@pytest.mark.parametrize("words", [["--only", "else"], ["--runs", "10"], ["--runs", "many"]])
def test_what_makes_no_sense_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(words, GROUPS)
    assert words[0] in capsys.readouterr().err


def test_the_help_tells_of_the_short_prompts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"], GROUPS)
    assert "200 bytes" in capsys.readouterr().out
