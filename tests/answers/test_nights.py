"""Nights and layers: what was to start, what became of it, and what runs amount to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.answers.plainly import figures, iso, rows, runs_of, strict, text
from tests.answers.test_totals import assert_figures
from tests.conftest import NOW, service_on
from zos_monitor.answers.filters import narrowed
from zos_monitor.answers.nights import layers, tonight
from zos_monitor.demo.layers import ALL
from zos_monitor.demo.settings_files import write_settings
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import NotOffered
from zos_monitor.service import RunService

MORNING = NOW - timedelta(hours=6)
"""Six o'clock, when half of the night is over."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
CRONS = {
    "success": "0 3 * * *",
    "failed": "0 3 * * *",
    "dry": "30 3 * * *",
    "missed": "0 4 * * *",
    "running": "55 5 * * *",
    "to come": "0 7 * * *",
    "other days": "0 3 1 1 *",
    "talk": None,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_layers(tmp_path / "zos", CRONS)


def write_layers(folder: Path, crons: Mapping[str, str | None]) -> Path:
    (folder / "layers").mkdir(parents=True)
    for number, (name, cron) in enumerate(crons.items()):
        schedule = "" if cron is None else f"schedule: '{cron}'\n"
        (folder / "layers" / f"{number}.yaml").write_text(f"name: {name}\n{schedule}")
    return folder


def service_at(path: Path, folder: Path | None = None) -> RunService:
    return RunService(path, clock=lambda: MORNING, zos_dir=folder)


def write_night(zos: ZosWriter) -> None:
    three = MORNING.replace(hour=3)
    done = {"targets_matched": 3, "targets_processed": 3}
    zos.raw_run(id="good", layer_name="success", started_at=three, **done)
    zos.raw_run(id="again", layer_name="success", started_at=three + HOUR, status="partial")
    zos.raw_run(id="bad", layer_name="failed", started_at=three, status="failed")
    zos.raw_run(id="dry", layer_name="dry", started_at=three + HOUR / 2, status="dry")
    zos.start_run("running", run_id="open", started_at=MORNING - 5 * MINUTE, targets_matched=4)
    for user in (1, 2):
        zos.insight("open", f"server:1:user:{user}", created_at=MORNING - user * MINUTE)
    zos.raw_run(id="chat", layer_name="talk", started_at=three)
    zos.raw_run(id="before", layer_name="missed", started_at=three - DAY + HOUR)


async def test_tonight(zos: ZosWriter, path: Path, folder: Path) -> None:
    write_night(zos)
    service = service_at(path, folder)
    told = strict(await tonight(service))
    assert (told["date"], told["time_zone"], told["faults"]) == ("2026-11-21", "UTC", [])
    assert (told["since"], told["until"]) == (iso(NOW - DAY), iso(NOW))
    assert told["outcomes"] == dict.fromkeys(
        ["to come", "running", "success", "failed", "dry", "missed"], 1
    )
    parts = {part["layer_name"]: part for part in told["layers"]}
    assert set(parts) == set(CRONS) - {"talk"}
    for name, part in parts.items():
        starts = [] if name == "other days" else [name]
        assert [start["outcome"] for start in part["starts"]] == starts
        assert part["outcome"] == (starts[0] if starts else None)
    assert parts["missed"]["starts"][0]["due_at"] == "2026-11-21T04:00:00Z"
    ran = {name: one["run"] for name, part in parts.items() for one in part["starts"]}
    ids = {name: run["id"] if run else None for name, run in ran.items()}
    assert ids == {
        **{"success": "good", "failed": "bad", "dry": "dry", "running": "open"},
        **{"missed": None, "to come": None},
    }
    assert [run["id"] for run in parts["success"]["off_schedule"]] == ["again"]
    counts = [(run["targets_processed"], run["targets_matched"]) for run in ran.values() if run]
    assert sorted(counts) == [(1, 1), (1, 1), (2, 4), (3, 3)]
    assert ran["running"]["completed_at"] is None
    await service.closed()


async def test_earlier_nights(zos: ZosWriter, path: Path, folder: Path) -> None:
    write_night(zos)
    service = service_at(path, folder)
    told = strict(await tonight(service, back=1))
    parts = {part["layer_name"]: part for part in told["layers"]}
    assert (told["date"], told["outcomes"]) == ("2026-11-20", {"success": 1})
    assert parts["missed"]["starts"][0]["run"]["id"] == "before"
    assert strict(await tonight(service, back=14))["outcomes"] == {}
    for back in (-1, 15, 10**30):
        with pytest.raises(ValueError, match="the last 15 nights"):
            await tonight(service, back=back)
    await service.closed()


async def test_outcomes_count_every_scheduled_start(history: Path, tmp_path: Path) -> None:
    write_settings(tmp_path / "zos")
    service = RunService(history, clock=lambda: NOW, zos_dir=tmp_path / "zos")
    ran: set[str] = set()
    for back in range(15):
        told = strict(await tonight(service, back=back))
        starts = [start for part in told["layers"] for start in part["starts"]]
        assert told["outcomes"] == Counter(start["outcome"] for start in starts)
        for part in told["layers"]:
            runs = [start["run"] for start in part["starts"] if start["run"]]
            for run in (*runs, *part["off_schedule"]):
                assert told["since"] <= run["started_at"] < told["until"]
                ran.add(run["id"])
        assert all((start["run"] is None) == (start["outcome"] in NO_RUN) for start in starts)
    scheduled = {layer.name for layer in ALL if layer.schedule is not None}
    since, until = iso(NOW - 14 * DAY), iso(NOW + DAY)
    assert since is not None
    assert until is not None
    assert ran == {
        plain.id
        for plain in runs_of(history)
        if plain.layer in scheduled and since <= (iso(plain.started) or "") < until
    }
    await service.closed()


NO_RUN = ("missed", "due", "to come")


async def test_nobody_is_scheduled(zos: ZosWriter, path: Path, tmp_path: Path) -> None:
    zos.raw_run()
    service = service_at(path)
    assert await tonight(service) is None
    await service.closed()
    broken = write_layers(tmp_path / "zos", {"talk": None})
    (broken / "layers" / "bad.yaml").write_text("name: [")
    service = service_at(path, broken)
    told = strict(await tonight(service))
    assert (told["layers"], told["outcomes"]) == ([], {})
    assert "bad.yaml" in told["faults"][0]
    await service.closed()


async def test_layers(zos: ZosWriter, path: Path, folder: Path) -> None:
    write_night(zos)
    zos.raw_run(layer_name="manual", started_at=MORNING - 40 * DAY)
    service = service_at(path, folder)
    plain = runs_of(path)
    for written, since in (("", None), ("since:3h", MORNING - 3 * HOUR), ("layer:none", None)):
        told = strict(await layers(service, narrowed(written)))
        assert (told["since"], told["until"]) == (iso(since), None)
        names = [one["layer_name"] for one in told["layers"]]
        assert names == sorted({*CRONS, "manual"})
        for one in told["layers"]:
            name = one["layer_name"]
            of_it = [run for run in plain if run.layer == name and run.since(since)]
            assert_figures(one["stats"], figures(of_it if "none" not in written else []))
            cron = CRONS.get(name)
            assert (one["schedule"], one["schedule_source"]) == (cron, cron and "yaml")
            assert (one["next_start"] is None) == (cron is None)
            assert one["dry_streak"] == (name == "dry")
    await service.closed()


async def test_layers_of_a_history(history: Path) -> None:
    service = service_on(history)
    told = strict(await layers(service, narrowed()))
    stored = {text(row["layer_name"]) for row in rows(history, "layer_runs")}
    assert [one["layer_name"] for one in told["layers"]] == sorted(stored)
    plain = runs_of(history)
    for one in told["layers"]:
        assert_figures(one["stats"], figures(r for r in plain if r.layer == one["layer_name"]))
    assert {one["schedule_source"] for one in told["layers"]} == {None, "inferred"}
    await service.closed()


async def test_a_server_may_offer_less(
    zos: ZosWriter, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(service: RunService) -> Any:  # noqa: ANN401
        raise NotOffered("This server does not offer that.")

    write_night(zos)
    service = service_at(path, folder)
    monkeypatch.setattr(RunService, "present", refuse)
    told = strict(await tonight(service))
    assert told["outcomes"]["running"] == 1
    monkeypatch.setattr(RunService, "nights", refuse)
    found = strict(await layers(service, narrowed()))
    assert {one["schedule"] for one in found["layers"]} == {None}
    assert sum(one["stats"]["runs"] for one in found["layers"]) == 7
    with pytest.raises(NotOffered):
        await tonight(service)
    await service.closed()


async def test_an_empty_database(zos: ZosWriter, path: Path) -> None:
    service = service_at(path)
    assert await tonight(service) is None
    assert strict(await layers(service, narrowed()))["layers"] == []
    await service.closed()
