"""``check`` of layers that start by the clock."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.commands.invoking import invoke
from tests.conftest import NOW
from zos_monitor.demo.writer import ZosWriter

HOUR = timedelta(hours=1)


def test_the_history_by_its_schedules(at_that_time: Path) -> None:
    result = invoke("--db", at_that_time, "check", "--json", "--layer", "nightly-*")
    answer = json.loads(result.stdout)
    assert answer["at"] == "2026-11-21T12:00:00Z"
    assert answer["figures"]["oldest_success_hours"] < 24 * 3
    assert "missed" in answer["figures"]
    by_hand = invoke(
        *("--db", at_that_time, "check", "--json", "--layer", "nightly-*"),
        *("--max-age-warning", "1m", "--max-age-critical", "off"),
    )
    ages = [one for one in json.loads(by_hand.stdout)["findings"] if one["rule"] == "age"]
    assert len(ages) == 5
    assert {(one["level"], one["warning"], one["critical"]) for one in ages} == {
        ("warning", 60, None)
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a zos folder with two layers that start at 3 and at 4."""
    layers = tmp_path / "zos" / "layers"
    layers.mkdir(parents=True)
    (tmp_path / "zos" / "config.yaml").write_text("{}")
    for name, hour in (("early", 3), ("late", 4)):
        (layers / f"{name}.yaml").write_text(f'name: {name}\nschedule: "0 {hour} * * *"\n')
    return tmp_path / "zos"


def night(
    zos: ZosWriter, name: str, hour: float, *, back: int = 0, status: str = "success"
) -> None:
    at = NOW.replace(hour=0) + hour * HOUR - timedelta(days=back)
    zos.raw_run(layer_name=name, started_at=at, completed_at=at, status=status)


NIGHTS = {
    "both ran": ([("late", 4)], []),
    "one missed": ([], ["missed"]),
    "one ran later": ([("late", 9)], []),
    "one ran before": ([("late", 2)], ["missed"]),
}


@pytest.mark.parametrize(("runs", "rules"), NIGHTS.values(), ids=NIGHTS.keys())
def test_missed_layers_of_the_last_night(
    at_that_time: Path,
    path: Path,
    folder: Path,
    runs: list[tuple[str, float]],
    rules: list[str],
) -> None:
    with ZosWriter(path) as zos:
        for back in (1, 2):
            night(zos, "early", 3, back=back)
            night(zos, "late", 4, back=back)
        night(zos, "early", 3)
        for name, hour in runs:
            night(zos, name, hour)
    given = ("--db", path, "--zos-dir", folder, "check", "--json", "--without", "age")
    answer = json.loads(invoke(*given).stdout)
    assert [one["rule"] for one in answer["findings"]] == rules
    assert answer["message"].startswith("1 layer missed" if rules else "2 layers, night of ")


def test_dry_nights(at_that_time: Path, path: Path, folder: Path) -> None:
    with ZosWriter(path) as zos:
        for back in range(5):
            night(zos, "early", 3, back=back, status="dry" if back < 3 else "success")
            night(zos, "late", 4, back=back)
    given = ("--db", path, "--zos-dir", folder, "check", "--json")
    findings = json.loads(invoke(*given).stdout)["findings"]
    assert [(one["rule"], one["level"], one["layer_name"]) for one in findings] == [
        ("age", "warning", "early"),
        ("dry", "warning", "early"),
    ]
    assert findings[1]["message"] == "early dry for 3 nights"
    assert invoke(*given, "--dry-critical", "3").exit_code == 2


def test_a_layer_that_nothing_starts_any_more_is_left_alone(
    at_that_time: Path, path: Path, folder: Path
) -> None:
    with ZosWriter(path) as zos:
        for back in range(20):
            night(zos, "early", 3, back=back)
            night(zos, "late", 4, back=back)
            night(zos, "removed", 2, back=back + 5)
    assert invoke("--db", path, "--zos-dir", folder, "check").exit_code == 0
    (folder / "layers" / "removed.yaml").write_text('name: removed\nschedule: "0 2 * * *"\n')
    result = invoke("--db", path, "--zos-dir", folder, "check")
    assert (result.exit_code, "removed last succeeded 5d ago" in result.stdout) == (2, True)


def test_a_layer_that_failed_every_night(at_that_time: Path, path: Path, folder: Path) -> None:
    with ZosWriter(path) as zos:
        for back in range(3):
            night(zos, "early", 3, back=back, status="failed")
            night(zos, "late", 4, back=back, status="partial")
    given = ("--db", path, "--zos-dir", folder, "check", "--json")
    [finding] = json.loads(invoke(*given).stdout)["findings"]
    assert finding["message"] == "early has never succeeded"
