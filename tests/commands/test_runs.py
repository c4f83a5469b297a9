"""``runs``: which runs are listed, in each form."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.invoking import as_csv, as_json, complaint, invoke, printed
from zos_monitor.store.faults import NO_LOG

COLUMNS = [
    *("id", "layer_name", "status", "state", "success", "started_at", "completed_at"),
    *("duration_seconds", "targets_matched", "targets_processed", "targets_skipped"),
    *("insights_created", "error_count", "tokens_total", "estimated_cost_usd", "cost_source"),
]


def ids(history: Path, *arguments: object) -> list[str]:
    answer = as_json("--db", history, "runs", "--limit", 1000, *arguments)
    return [run["id"] for run in answer["runs"]]


def test_a_page_as_json(at_that_time: Path) -> None:
    answer = as_json("--db", at_that_time, "runs", "--offset", 5, "--limit", 7)
    every = as_json("--db", at_that_time, "runs", "--limit", 1000)
    assert {name: answer[name] for name in ("total", "offset", "limit", "has_more")} == {
        **{"total": len(every["runs"]), "offset": 5, "limit": 7, "has_more": True}
    }
    assert [*answer["runs"][0]] == COLUMNS
    assert answer["runs"] == every["runs"][5:12]
    assert every["has_more"] is False


def test_twenty_runs_are_listed_where_no_number_is_given(at_that_time: Path) -> None:
    assert len(as_json("--db", at_that_time, "runs")["runs"]) == 20


FAILED = "status:failed,partial"
OPTIONS = [
    (["--layer", "dm-response,nightly-*"], "layer:dm-response,nightly-*"),
    (["--layer", "dm-response", "--layer", " once "], "layer:dm-response,once"),
    (["--status", "failed,stalled"], "status:failed,stalled"),
    (["--status", "failed", "--status", "DRY"], "status:failed,dry"),
    (["--since", "7d"], "since:7d"),
    (["--since", "2026-11-01", "--until", "2026-11-03"], "since:2026-11-01 until:2026-11-03"),
    (["--error", "rate limit"], 'error:"rate limit"'),
    (["--success"], "status:success"),
    (["--failed"], "status:failed,partial"),
    (["--failed", "--layer", "nightly-*", "--since", "9d"], f"{FAILED} layer:nightly-* since:9d"),
    (["--filter", "since:9d layer:nightly-*", "--failed"], f"since:9d layer:nightly-* {FAILED}"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "text"), OPTIONS)
def test_options_mean_a_filter(at_that_time: Path, options: list[str], text: str) -> None:
    found = ids(at_that_time, *options)
    assert found == ids(at_that_time, "--filter", text)
    assert 0 < len(found) < len(ids(at_that_time))


@pytest.mark.parametrize("form", ["--json", "--csv", "--table", "--ascii"])
def test_options_stand_before_or_behind_the_name(at_that_time: Path, form: str) -> None:
    chosen = (form, "--filter", "status:failed")
    behind = printed("runs", *chosen, "--db", at_that_time)
    assert behind == printed("--db", at_that_time, *chosen, "runs")
    assert behind != printed("--db", at_that_time, "runs")


def test_the_last_form_counts(at_that_time: Path) -> None:
    asked = ("--db", at_that_time, "--json", "runs", "--limit", 1)
    assert printed(*asked, "--table").startswith("STARTED")


def test_records_have_the_columns_of_json(at_that_time: Path) -> None:
    chosen = ("--db", at_that_time, "runs", "--limit", 300)
    records = as_csv(*chosen)
    assert [*records[0]] == COLUMNS
    told = as_json(*chosen)["runs"]
    assert len(records) == len(told)
    for record, run in zip(records, told, strict=True):
        assert record["targets_matched"] == (
            "" if run["targets_matched"] is None else str(run["targets_matched"])
        )
        assert record["success"] == ("" if run["success"] is None else str(run["success"]).lower())
        assert record["started_at"] == (run["started_at"] or "")


def test_without_a_record_there_are_columns_all_the_same(at_that_time: Path) -> None:
    chosen = ("--db", at_that_time, "runs", "--layer", "nobody")
    assert printed(*chosen, "--csv") == ",".join(COLUMNS) + "\n"
    assert printed(*chosen, "--csv", "--include-errors") == ",".join([*COLUMNS, "errors"]) + "\n"
    assert len(printed(*chosen).splitlines()) == 1
    assert as_json(*chosen)["runs"] == []


def test_errors_are_told_where_they_are_asked_for(at_that_time: Path) -> None:
    chosen = ("--db", at_that_time, "runs", "--layer", "odd", "--limit", 100, "--include-errors")
    runs = {run["id"]: run for run in as_json(*chosen)["runs"]}
    assert [error["error"] for error in runs["text"]["errors"]] == ["out of memory"]
    assert runs["blank"]["errors"] == []
    lines = printed(*chosen).splitlines()
    at = next(n for n, line in enumerate(lines) if line.endswith("  text"))
    assert lines[at + 1 : at + 3] == ["  1  out of memory", "     no topic"]
    assert "out of memory" not in printed("--db", at_that_time, "runs", "--layer", "odd")
    [record] = as_csv("--db", at_that_time, "runs", "--filter", "id:text", "--include-errors")
    assert '"error": "out of memory"' in record["errors"]


def test_the_row_of_an_open_run_tells_no_progress(at_that_time: Path) -> None:
    [line] = printed("--db", at_that_time, "runs", "--filter", "id:open-now").splitlines()[1:]
    assert line.split()[4:6] == ["—/1", "—"]


MISTAKES = [
    (["--status", "nope"], "Unknown state"),
    (["--status", "failed,"], "status is empty"),
    (["--layer", ","], "layer is empty"),
    (["--since", "soon"], '"soon" is not a time'),
    (["--since", ""], "since is empty"),
    (["--since", "2026-11-02", "--until", "2026-11-01"], "is not before"),
    (["--filter", "Ada statu:x"], "--filter, at 'statu:'"),
    (["--filter", '"open', "--layer", "x"], "never closed"),
    (["--layer", ",".join("x" * 101)], "Leave out some words"),
]


@pytest.mark.parametrize(("options", "words"), MISTAKES)
def test_a_mistake_is_one_sentence(at_that_time: Path, options: list[str], words: str) -> None:
    assert words in complaint(invoke("--db", at_that_time, "runs", *options))


@pytest.mark.parametrize("options", [["--limit", 0], ["--limit", 1001], ["--offset", -1]])
def test_numbers_have_bounds(at_that_time: Path, options: list[object]) -> None:
    result = invoke("--db", at_that_time, "runs", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not in the range" in result.stderr


@pytest.mark.parametrize("options", [(), ("--redact",)])
def test_a_log_that_is_left_out_is_told_beside_the_answer(
    history: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    path = Path(shutil.copy(history, tmp_path / "zos.db"))
    with closing(sqlite3.connect(path)) as zos:
        zos.execute("PRAGMA wal_autocheckpoint=0")
        zos.execute("UPDATE layer_runs SET layer_hash = 'changed'")
        zos.commit()
        log = path.with_name("zos.db-wal").read_bytes()
    path.with_name("zos.db-wal").write_bytes(log)  # a copy of file and log, without -shm
    result = invoke("--db", path, *options, "runs", "--json", "--limit", 1)
    assert (result.exit_code, len(json.loads(result.stdout)["runs"])) == (0, 1)
    assert result.stderr == f"zos-monitor: {NO_LOG}\n"
