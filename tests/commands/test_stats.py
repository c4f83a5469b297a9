"""``stats``: the figures of a period, and which period that is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.commands.invoking import as_csv, as_json, complaint, invoke, printed
from tests.conftest import NOW
from zos_monitor.demo.writer import ZosWriter

STATES = ("successful", "partial", "failed", "dry", "running", "stalled", "interrupted", "unknown")


def test_seven_days_are_the_period_where_none_is_named(at_that_time: Path) -> None:
    answer = as_json("--db", at_that_time, "stats")
    assert answer["period_days"] == 7
    assert answer == as_json("--db", at_that_time, "stats", "--days", 7)
    runs = as_json("--db", at_that_time, "runs", "--since", "7d", "--limit", 1000)
    assert answer["total_runs"] == runs["total"]
    assert sum(answer[f"{state}_runs"] for state in STATES) == answer["total_runs"]
    assert sum(layer["runs"] for layer in answer["by_layer"].values()) == answer["total_runs"]


def test_a_filter_narrows_it(at_that_time: Path) -> None:
    chosen = ("--db", at_that_time, "stats", "--days", 20)
    one = as_json(*chosen, "--layer", "nightly-user-reflection")
    assert [*one["by_layer"]] == ["nightly-user-reflection"]
    assert 0 < one["total_runs"] < as_json(*chosen)["total_runs"]
    assert one == as_json(*chosen, "--filter", "layer:nightly-user-reflection")
    failed = as_json(*chosen, "--filter", "status:failed")
    assert failed["total_runs"] == failed["failed_runs"] > 0


def test_a_time_in_the_filter_takes_the_place_of_the_days(at_that_time: Path) -> None:
    chosen = ("--db", at_that_time, "--filter", "since:2026-11-01 until:2026-11-03", "stats")
    answer = as_json(*chosen)
    assert answer["period_days"] is None
    assert (answer["since"], answer["until"]) == ("2026-11-01T00:00:00Z", "2026-11-04T00:00:00Z")
    line = complaint(invoke(*chosen, "--days", 7))
    assert "--days and a time in --filter" in line


@pytest.mark.parametrize("days", [0, -1, 36501, "seven"])
def test_days_have_bounds(at_that_time: Path, days: object) -> None:
    result = invoke("--db", at_that_time, "stats", "--days", days)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_layer_that_nobody_knows(at_that_time: Path) -> None:
    line = complaint(invoke("--db", at_that_time, "stats", "--layer", "dm-respons"), status=1)
    assert "did you mean dm-response?" in line


def test_a_record_holds_all_of_it(at_that_time: Path) -> None:
    [record] = as_csv("--db", at_that_time, "stats")
    told = as_json("--db", at_that_time, "stats")
    assert [*record] == [*told]
    assert record["by_layer"].startswith('{"broken')


def test_the_table_tells_the_same(at_that_time: Path) -> None:
    answer = as_json("--db", at_that_time, "stats", "--days", 20)
    facts, _, table = printed("--db", at_that_time, "stats", "--days", 20).partition("\n\n")
    told = {line[:14].strip(): line[14:] for line in facts.splitlines()}
    assert told["Period"] == "last 20 days, since 2026-11-01 12:00 UTC"
    assert told["Runs"].startswith(f"{answer['total_runs']}: {answer['successful_runs']} success, ")
    assert told["Insights"] == f"{answer['total_insights']:,}"
    assert told["Tokens"] == f"{answer['total_tokens']:,}"
    assert told["Last run"] == answer["last_run"][:16].replace("T", " ") + " UTC"
    head, *lines = table.splitlines()
    assert head.split()[:6] == ["LAYER", "RUNS", "SUCCESS", "PARTIAL", "FAILED", "DRY"]
    assert "RUNNING" in head
    assert "RUNNING" not in printed("--db", at_that_time, "stats", "--filter", "status:success")
    assert len(lines) == len(answer["by_layer"])
    user = answer["by_layer"]["nightly-user-reflection"]
    [line] = [line for line in lines if line.startswith("nightly-user-reflection")]
    assert line.split()[1:4] == [
        str(user[f"{word}runs"]) for word in ("", "successful_", "partial_")
    ]


def test_of_no_run_there_is_nothing_to_tell(at_that_time: Path) -> None:
    lines = printed("--db", at_that_time, "stats", "--filter", "layer:nobody").splitlines()
    told = {line[:14].strip(): line[14:] for line in lines}
    assert told["Runs"] == "0"
    assert told["Rates"] == "none"
    assert told["Cost"] == "$0.00"
    assert told["Last run"] == told["Average"] == "—"


def test_what_is_not_recorded_is_no_zero(zos: ZosWriter, path: Path, at_that_time: Path) -> None:
    zos.raw_run(
        layer_name="bare",
        started_at=NOW - timedelta(days=1),
        estimated_cost_usd=None,
        tokens_total=None,
    )
    text = printed("--db", path, "stats")
    assert "— +1 run without cost" in text
    assert text.splitlines()[-1].split()[-6:-3] == ["1", "—", "—"]
