"""``check``: one line and one of four statuses, whatever happens."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.invoking import Outcome, invoke, run
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import NotOffered
from zos_monitor.service import RunService

HOUR = timedelta(hours=1)
LINE = re.compile(
    r"ZOS (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \| '\w+'=[^|\n]+)?\n?", re.ASCII | re.DOTALL
)


@pytest.fixture
def zos_now(path: Path) -> Iterator[ZosWriter]:
    """Return a zos with ten good runs within the last hours."""
    with ZosWriter(path) as zos:
        for n in range(10):
            add(zos, n)
        yield zos


def add(zos: ZosWriter, n: int, **columns: object) -> None:
    at = datetime.now(UTC) - HOUR - n * timedelta(minutes=1)
    zos.raw_run(**{"layer_name": "talk", "started_at": at, "completed_at": at} | columns)


def line_of(outcome: Outcome, level: str, status: int) -> str:
    assert (outcome.returncode, outcome.stderr) == (status, "")
    assert LINE.fullmatch(outcome.stdout), outcome.stdout
    assert outcome.stdout.startswith(f"ZOS {level} - ")
    return outcome.stdout


def test_ok_is_status_0(zos_now: ZosWriter, path: Path) -> None:
    line = line_of(run("--db", path, "check"), "OK", 0)
    assert "10 runs in 24h" in line
    assert "'failed_share'=0%;10;50;0;100" in line


def test_warning_is_status_1(zos_now: ZosWriter, path: Path) -> None:
    for n in range(2):
        add(zos_now, n, status="failed")
    line = line_of(run("--db", path, "check"), "WARNING", 1)
    assert "2 of 12 runs failed in 24h (17%)" in line


def test_critical_is_status_2(zos_now: ZosWriter, path: Path) -> None:
    for n in range(11):
        add(zos_now, n, status="failed")
    assert "11 of 21 runs failed" in line_of(run("--db", path, "check"), "CRITICAL", 2)
    assert invoke("--db", path, "check", "--failed-critical", "60%").exit_code == 1
    assert invoke("--db", path, "check", "--without", "failed").exit_code == 0
    off = ("--failed-warning", "off", "--failed-critical", "OFF")
    assert invoke("--db", path, "check", *off).exit_code == 0
    assert invoke("--db", path, "check", "--least-runs", "99").exit_code == 0
    assert invoke("--db", path, "check", "--window", "60m").exit_code == 0  # they began before


UNKNOWN = {
    "missing": (["check"], "no database at"),
    "no such option": (["check", "--bad"], "--bad"),
    "no such option before it": (["--bad", "check"], "--bad"),
    "a bad value before it": (["--poll", "often", "check"], "--poll"),
    "a bad value": (["check", "--failed-warning", "much"], "'much' is neither a percentage"),
    "a bad span": (["check", "--window", "day"], "no span of time"),
    "an argument": (["check", "x|'y'"], "x¦"),
    "a filter": (["--filter", "x", "check"], "takes no --filter"),
    "a bad rule": (["check", "--without", "x"], "--without"),
    "no folder": (["--zos-dir", "/nowhere/at/all", "check"], "/nowhere/at/all"),
    "no budget": (["check", "--budget", "nan"], "'nan' is neither an amount"),
    "no count": (["check", "--stalled-warning", "0"], "'0' is neither a whole number"),
}


@pytest.mark.parametrize(("arguments", "words"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_all_else_is_unknown_and_status_3(path: Path, arguments: list[str], words: str) -> None:
    given = arguments if "--zos-dir" in arguments else ["--db", str(path), *arguments]
    result = invoke(*given)
    assert (result.exit_code, result.stderr) == (3, "")
    assert LINE.fullmatch(result.stdout), result.stdout
    assert result.stdout.startswith("ZOS UNKNOWN - ")
    assert words in result.stdout
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("arguments", [["check"], ["check", "--bad"]])
def test_unknown_as_a_process(path: Path, arguments: list[str]) -> None:
    line_of(run("--db", path, *arguments), "UNKNOWN", 3)


def test_nothing_to_judge_is_unknown(path: Path) -> None:
    ZosWriter(path).close()
    assert invoke("--db", path, "check").exit_code == 3


def test_a_layer_that_matches_nothing_is_unknown(zos_now: ZosWriter, path: Path) -> None:
    result = invoke("--db", path, "check", "--layer", "nope-*")
    assert (result.exit_code, "no layer matches nope-*" in result.stdout) == (3, True)


def test_what_nobody_has_foreseen_is_unknown(
    zos_now: ZosWriter, path: Path, noted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(service: RunService) -> None:
        raise ZeroDivisionError("a | fault\nof Ada's")

    monkeypatch.setattr(RunService, "known_layers", broken)
    result = invoke("--db", path, "check")
    assert result.exit_code == 3
    [line] = result.stdout.splitlines()
    assert line.startswith("ZOS UNKNOWN - ended by a fault of zos-monitor's own (ZeroDivisionError")
    [report] = noted.iterdir()
    assert report.name in line
    assert "Ada" not in line + report.read_text()


def test_what_is_not_offered_can_be_left_out(
    zos_now: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_offered(service: RunService) -> None:
        raise NotOffered("nights are not offered by this server")

    monkeypatch.setattr(RunService, "nights", not_offered)
    result = invoke("--db", path, "check")
    assert (result.exit_code, "not offered by this server" in result.stdout) == (3, True)
    without = [word for rule in ("age", "missed", "dry") for word in ("--without", rule)]
    assert invoke("--db", path, "check", *without).exit_code == 0


def test_no_answer_in_time_is_unknown(
    zos_now: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(service: RunService) -> None:
        import asyncio

        await asyncio.Event().wait()

    monkeypatch.setattr(RunService, "known_layers", slow)
    result = invoke("--db", path, "check", "--timeout", "1s")
    assert (result.exit_code, "within 1 second" in result.stdout) == (3, True)


def test_the_options_of_other_commands_are_no_check() -> None:
    result = invoke("--bad", "runs", "--layer", "check")
    assert (result.exit_code, result.stdout) == (2, "")


def test_help_is_no_check() -> None:
    result = invoke("check", "--help")
    assert (result.exit_code, result.stdout.startswith("Usage: ")) == (0, True)


def test_only_some_layers(zos_now: ZosWriter, path: Path) -> None:
    for n in range(20):
        add(zos_now, n, status="failed", layer_name="bad")
    assert invoke("--db", path, "check").exit_code == 2
    assert invoke("--db", path, "check", "--layer", "t*").exit_code == 0
    assert invoke("--db", path, "check", "--layer", "t*", "--layer", "b*").exit_code == 2


def test_the_budget(zos_now: ZosWriter, path: Path) -> None:
    zos_now.raw_run(id="costly", started_at=datetime.now(UTC), layer_name="talk")
    zos_now.call("costly", None, created_at=datetime.now(UTC), cost=7.5)
    assert invoke("--db", path, "check").exit_code == 0
    result = invoke("--db", path, "check", "--budget", "$5.00")
    assert (result.exit_code, "over the budget of $5.00" in result.stdout) == (1, True)
    both = ("--budget", "5", "--budget-critical", "7")
    assert invoke("--db", path, "check", *both).exit_code == 2


def test_a_stalled_run(zos_now: ZosWriter, path: Path) -> None:
    add(zos_now, 1, completed_at=None, status="dry", layer_name="quiet | 'one'\n\x1b[31m")
    result = invoke("--db", path, "check")
    assert result.exit_code == 1
    assert LINE.fullmatch(result.stdout), result.stdout
    assert "1 run stalled: quiet ¦ 'one' ⏎" in result.stdout
    assert "'open'=1;;;0 'stalled'=1;0;2;0" in result.stdout


def test_every_finding_with_verbose(zos_now: ZosWriter, path: Path) -> None:
    for n in range(20):
        add(zos_now, n, status="failed")
    add(zos_now, 1, completed_at=None, status="dry")
    first, *more = invoke("--db", path, "check", "-v").stdout.splitlines()
    assert LINE.fullmatch(first)
    assert [line.partition(":")[0] for line in more] == ["CRITICAL", "WARNING"]


def test_json_and_csv(zos_now: ZosWriter, path: Path) -> None:
    add(zos_now, 1, completed_at=None, status="dry", layer_name="quiet")
    result = invoke("--db", path, "check", "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["exit_status"], answer["status"]) == (1, 1, "warning")
    assert answer["output"].startswith("ZOS WARNING - 1 run stalled: quiet | ")
    assert answer["findings"] == [
        {
            "rule": "stalled",
            "level": "warning",
            "layer_name": "quiet",
            "value": 1,
            "warning": 1,
            "critical": 3,
            "message": "1 run stalled: quiet",
        }
    ]
    assert answer["figures"]["stalled"] == 1
    missing = invoke("--db", path / "nope", "check", "--json")
    assert (missing.exit_code, json.loads(missing.stdout)["status"]) == (3, "unknown")
    head, line = invoke("--db", path, "check", "--csv").stdout.splitlines()
    assert head == "rule,level,layer_name,value,warning,critical,message"
    assert line.startswith("stalled,warning,quiet,1")
