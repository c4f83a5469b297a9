"""``errors``, ``layers`` and ``tonight``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.commands.invoking import as_csv, as_json, complaint, invoke, printed
from tests.conftest import NOW
from zos_monitor.demo.writer import ZosWriter

# Errors


def test_errors_are_those_of_thirty_days(at_that_time: Path) -> None:
    answer = as_json("--db", at_that_time, "errors")
    assert answer == as_json("--db", at_that_time, "errors", "--since", "30d")
    assert answer == as_json("--db", at_that_time, "errors", "--filter", "since:30d")
    every = as_json("--db", at_that_time, "errors", "--since", "all")
    assert every["total_runs"] > answer["total_runs"] > answer["failing_runs"] > 0
    errors = [cause["errors"] for cause in answer["causes"]]
    assert errors == sorted(errors, reverse=True)


def test_errors_of_some_layers(at_that_time: Path) -> None:
    chosen = ("--layer", "odd,once", "--until", "2026-11-20")
    answer = as_json("--db", at_that_time, "errors", *chosen)
    assert {name for cause in answer["causes"] for name in cause["layers"]} == {"odd"}
    assert "out of memory" in {cause["cause"] for cause in answer["causes"]}


def test_causes_line_by_line(at_that_time: Path) -> None:
    answer = as_json("--db", at_that_time, "errors")
    head, *lines = printed("--db", at_that_time, "errors").splitlines()
    assert head.split("  ")[0] == "ERRORS"
    assert len(lines) == len(answer["causes"]) == len(as_csv("--db", at_that_time, "errors"))
    for line, cause in zip(lines, answer["causes"], strict=True):
        assert line.split()[:2] == [str(cause["errors"]), str(cause["runs"])]
        assert cause["last_seen"][:16].replace("T", " ") in line


def test_causes_are_what_the_filter_finds(at_that_time: Path) -> None:
    answer = as_json("--db", at_that_time, "errors")
    cause = next(one for one in answer["causes"] if one["cause"] == "429 rate limit")
    found = as_json("--db", at_that_time, "runs", "--filter", 'since:30d cause:"429 rate limit"')
    assert found["total"] == cause["runs"]


def test_no_error_at_all(at_that_time: Path) -> None:
    chosen = ("--db", at_that_time, "errors", "--layer", "once")
    assert len(printed(*chosen).splitlines()) == 1
    assert (
        printed(*chosen, "--csv") == "cause,errors,runs,nodes,layers,nights,first_seen,last_seen\n"
    )


def test_errors_of_a_time_that_is_none(at_that_time: Path) -> None:
    assert "is not a time" in complaint(invoke("--db", at_that_time, "errors", "--since", "soon"))


def test_a_cause_computes_nothing_in_a_spreadsheet(zos: ZosWriter, path: Path) -> None:
    zos.raw_run(id="=1+1", layer_name="@sum;=2", errors='[{"topic": "x;=3", "error": "=cmd()"}]')
    text = printed("--db", path, "errors", "--since", "all", "--csv")
    assert text.splitlines()[1].startswith("'=cmd(),1,1,")
    text = printed("--db", path, "runs", "--include-errors", "--csv")
    assert text.splitlines()[1].startswith("'=1+1,'@sum;'=2,")
    assert ";=3" not in text
    assert (
        as_json("--db", path, "runs", "--include-errors")["runs"][0]["errors"][0]["topic"] == "x;=3"
    )


# Layers


def test_layers_and_their_totals(at_that_time: Path) -> None:
    answer = as_json("--db", at_that_time, "layers")
    names = [layer["layer_name"] for layer in answer["layers"]]
    assert names == sorted(names)
    records = as_csv("--db", at_that_time, "layers")
    assert [record["layer_name"] for record in records] == names
    assert [int(record["runs"]) for record in records] == [
        layer["stats"]["runs"] for layer in answer["layers"]
    ]
    assert {"schedule", "next_start", "dry_streak", "total_cost_usd"} < {*records[0]}


def test_the_table_of_layers_has_their_next_starts(at_that_time: Path) -> None:
    answer = as_json("--db", at_that_time, "layers")
    head, *lines = printed("--db", at_that_time, "layers").splitlines()
    assert head.endswith("SCHEDULE   NEXT START (UTC)")
    told = {line.split()[0]: line for line in lines}
    scheduled = [layer for layer in answer["layers"] if layer["schedule"]]
    assert len(scheduled) > 4
    for layer in scheduled:
        assert layer["schedule"] in told[layer["layer_name"]]
        next_start = layer["next_start"][:16].replace("T", " ")
        assert told[layer["layer_name"]].endswith(next_start)


def test_a_layer_that_never_ran_has_a_line(tmp_path: Path) -> None:
    (tmp_path / "layers").mkdir()
    text = "name: new-layer\nschedule: '0 3 * * *'\nnodes: []\n"
    (tmp_path / "layers" / "new.yaml").write_text(text)
    (tmp_path / "config.yaml").write_text("data_dir: .")
    ZosWriter(tmp_path / "zos.db").close()
    _, line, every = printed("--zos-dir", tmp_path, "layers").splitlines()
    assert line.split()[:2] == ["new-layer", "0"]
    assert "0 3 * * *" in line
    assert every.split()[:3] == ["all", "layers", "0"]
    [layer] = as_json("--zos-dir", tmp_path, "layers")["layers"]
    assert (layer["layer_name"], layer["schedule"], layer["stats"]["runs"]) == (
        "new-layer",
        "0 3 * * *",
        0,
    )
    filtered = printed("--zos-dir", tmp_path, "layers", "--filter", "status:dry")
    assert len(filtered.splitlines()) == 2


# Tonight


@pytest.fixture
def night(tmp_path: Path, at_that_time: Path) -> Path:
    """Return a zos folder with a night: one layer ran, one did not, one is at fault."""
    (tmp_path / "layers").mkdir()
    for name in ("ran", "silent"):
        text = f"name: {name}\nschedule: '0 3 * * *'\nnodes: []\n"
        (tmp_path / "layers" / f"{name}.yaml").write_text(text)
    (tmp_path / "layers" / "bad.yaml").write_text("name: bad\nschedule: never\nnodes: []\n")
    (tmp_path / "config.yaml").write_text("data_dir: .")
    three = NOW.replace(hour=3)
    with ZosWriter(tmp_path / "zos.db") as zos:
        before = three - timedelta(days=3)
        for name in ("ran", "silent"):
            zos.raw_run(layer_name=name, started_at=before, completed_at=before)
        zos.raw_run(
            id="on-time",
            layer_name="ran",
            started_at=three,
            completed_at=three + timedelta(seconds=75),
            targets_matched=4,
            targets_processed=3,
            status="partial",
            errors='[{"error": "x"}]',
        )
        noon = NOW - timedelta(hours=2)
        zos.raw_run(id="by-hand", layer_name="ran", started_at=noon, completed_at=noon)
        zos.raw_run(id="other", layer_name="talk", started_at=noon, completed_at=noon)
    return tmp_path


def test_tonight_line_by_line(night: Path) -> None:
    result = invoke("--zos-dir", night, "tonight", "--back", 1)
    assert result.exit_code == 0
    [fault] = result.stderr.splitlines()
    assert "bad.yaml" in fault
    head, *lines = result.stdout.splitlines()
    assert head.split()[:4] == ["LAYER", "DUE", "(UTC)", "OUTCOME"]
    told = sorted(" ".join(line.split()) for line in lines)
    assert told == [
        "ran 2026-11-21 03:00 partial 2026-11-21 03:00 3/4 1 1m 15s on-time",
        "ran off schedule success 2026-11-21 10:00 1/1 1 0s by-hand",
        "silent 2026-11-21 03:00 missed — — — — —",
    ]


def test_tonight_as_json_and_as_records(night: Path) -> None:
    options = ("--zos-dir", night, "tonight", "--back", 1)
    result = invoke(*options, "--json")
    assert '"outcomes": {"partial": 1, "missed": 1}' in result.stdout
    head, *lines = invoke(*options, "--csv").stdout.splitlines()
    assert head.startswith("date,layer_name,due_at,outcome,run_id,started_at,")
    assert len(lines) == 3
    assert sum(",2026-11-21T03:00:00Z,missed,,," in line for line in lines) == 1


def test_where_nothing_is_scheduled_there_is_no_night(path: Path, at_that_time: Path) -> None:
    ZosWriter(path).close()
    result = invoke("--db", path, "tonight")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "No layer is known to start by the clock.\n"
    result = invoke("--db", path, "tonight", "--json")
    assert (result.exit_code, result.stdout) == (0, "null\n")
    result = invoke("--db", path, "tonight", "--csv")
    assert len(result.stdout.splitlines()) == 1


def test_a_night_too_far_back(at_that_time: Path) -> None:
    assert "nights are told of" in complaint(invoke("--db", at_that_time, "tonight", "--back", 99))


def test_tonight_takes_no_filter(at_that_time: Path) -> None:
    line = complaint(invoke("--db", at_that_time, "--filter", "Ada", "tonight"))
    assert "leave out --filter" in line
