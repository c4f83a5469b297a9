"""Nights as the service tells them, and filters by what starts a layer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import NIGHTS, NOW
from zos_monitor import nights as book
from zos_monitor.demo.layers import ALL
from zos_monitor.demo.settings_files import write_settings
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.nights import Nights, Outcome, ScheduleSource
from zos_monitor.service import RunService
from zos_monitor.store import night_queries

DAY = timedelta(days=1)
SCHEDULED = {layer.name: layer.schedule for layer in ALL if layer.schedule is not None}


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def service(path: Path, folder: book.ZosDir = None, clock: Clock | None = None) -> RunService:
    return RunService(path, zos_dir=folder, clock=clock or Clock())


def ask(path: Path, folder: book.ZosDir = None) -> Nights:
    async def asked() -> Nights:
        asking = service(path, folder)
        found = await asking.nights()
        await asking.closed()
        return found

    return asyncio.run(asked())


def write_layer(folder: Path, name: str, schedule: str | None) -> Path:
    path = folder / "layers" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    line = "" if schedule is None else f"schedule: '{schedule}'\n"
    path.write_text(f"name: {name}\n{line}", encoding="utf-8")
    return path


def write_nights(zos: ZosWriter, name: str, hour: int, days: range) -> None:
    morning = NOW.replace(hour=hour, minute=0)
    with zos.batch():
        for back in days:
            zos.raw_run(layer_name=name, started_at=morning - DAY * back)


def test_without_a_zos_folder_the_past_tells(history: Path) -> None:
    found = ask(history)
    assert {told.layer_name: told.cron for told in found.layers} == {
        name: cron for name, cron in SCHEDULED.items() if "sun" not in cron
    }
    assert {told.source for told in found.layers} == {ScheduleSource.INFERRED}
    assert (found.zone_name, found.faults) == ("UTC", ())


def test_a_zos_folder_tells_its_layers(history: Path, tmp_path: Path) -> None:
    write_settings(tmp_path / "zos")
    found = ask(history, lambda: tmp_path / "zos")
    known = {told.layer_name: told.cron for told in found.layers if told.source == "yaml"}
    assert known == SCHEDULED
    assert [part.outcome for part in found.nights[0].layers] == ["to come"] * len(found.layers)
    assert all(told.next_at is not None for told in found.layers)
    done = [part.outcome for night in found.nights[1:] for part in night.layers]
    assert done.count(Outcome.SUCCESS) > NIGHTS // 2


def test_a_layer_that_no_file_names_shows_up_to_its_last_run(
    path: Path, zos: ZosWriter, tmp_path: Path
) -> None:
    write_nights(zos, "old", 3, range(4, 12))
    write_nights(zos, "new", 3, range(0, 4))
    write_layer(tmp_path, "new", "0 3 * * *")
    found = ask(path, tmp_path)
    assert [(told.layer_name, told.source) for told in found.layers] == [
        ("new", ScheduleSource.YAML),
        ("old", ScheduleSource.INFERRED),
    ]
    assert [told.next_at is None for told in found.layers] == [False, True]
    outcomes = [[part.outcome for part in night.layers] for night in found.nights]
    assert outcomes[0] == ["to come", None]
    assert outcomes[4:6] == [["success", None], [None, "success"]]


def test_of_a_layer_whose_file_is_broken_the_past_tells(
    path: Path, zos: ZosWriter, tmp_path: Path
) -> None:
    write_nights(zos, "users", 3, range(8))
    write_layer(tmp_path, "emoji", "0 4 * * *")
    write_layer(tmp_path, "users", None).write_text("name: [", encoding="utf-8")
    found = ask(path, tmp_path)
    assert [told.layer_name for told in found.layers] == ["users", "emoji"]
    assert found.layers[0].source == "inferred"
    assert found.layers[0].next_at == datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert "layers/users.yaml has a YAML error" in found.faults[0]


def test_a_layer_without_schedule_is_not_inferred(
    path: Path, zos: ZosWriter, tmp_path: Path
) -> None:
    write_nights(zos, "greeting", 9, range(9))
    assert [told.layer_name for told in ask(path).layers] == ["greeting"]
    write_layer(tmp_path, "greeting", None)
    assert ask(path, tmp_path).layers == ()


def test_conversations_at_the_same_time_of_day_are_no_schedule(path: Path, zos: ZosWriter) -> None:
    write_nights(zos, "talk", 9, range(1, 9))
    assert [told.layer_name for told in ask(path).layers] == ["talk"]
    newest = zos.raw_run(layer_name="talk", started_at=NOW - DAY / 24)
    zos.call(newest, None, created_at=NOW, call_type="conversation")
    assert ask(path).layers == ()


def test_a_layer_long_silent_while_others_run_is_gone(path: Path, zos: ZosWriter) -> None:
    write_nights(zos, "old", 3, range(20, 30))
    write_nights(zos, "new", 3, range(0, 9))
    found = ask(path)
    assert [(told.layer_name, told.next_at is None) for told in found.layers] == [
        ("new", False),
        ("old", True),
    ]


def test_zos_at_rest_makes_no_layer_go(path: Path, zos: ZosWriter) -> None:
    write_nights(zos, "a", 3, range(20, 30))
    found = ask(path)
    assert found.layers[0].next_at is not None
    assert [night.layers[0].outcome for night in found.nights[1:]] == ["missed"] * 14
    assert found.layers[0].catches_up is True


def test_an_empty_database(path: Path, zos: ZosWriter, tmp_path: Path) -> None:
    assert ask(path).layers == ()
    write_layer(tmp_path, "new", "0 3 * * *")
    found = ask(path, tmp_path)
    assert [night.layers[0].outcome for night in found.nights] == ["to come", *[None] * 14]


async def test_schedules_are_inferred_anew_by_the_hour_or_for_another_layer(
    path: Path, zos: ZosWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    starts_of = night_queries.starts_of

    async def noted(reader: object, name: str, now: datetime) -> list[datetime]:
        asked.append(name)
        return await starts_of(reader, name, now)  # type: ignore[arg-type]

    monkeypatch.setattr(night_queries, "starts_of", noted)
    clock = Clock()
    asking = service(path, clock=clock)
    write_nights(zos, "a", 3, range(4))
    assert (await asking.nights()).layers == ()
    write_nights(zos, "a", 3, range(4, 9))
    clock.now = NOW + book.INFERRED_FOR - timedelta.resolution
    assert (await asking.nights()).layers == ()
    clock.now = NOW + book.INFERRED_FOR
    assert [told.layer_name for told in (await asking.nights()).layers] == ["a"]
    assert asked == ["a", "a"]
    zos.raw_run(layer_name="b", started_at=NOW)
    await asking.nights()
    assert asked == ["a", "a", "a", "b"]
    clock.now = NOW  # set back
    await asking.nights()
    assert len(asked) == 6
    await asking.closed()


async def test_kinds_divide_all_runs(history: Path) -> None:
    asking = service(history)
    _, total = await asking.count(parse_filter(""))
    counts = {
        text: (await asking.count(parse_filter(text)))[0]
        for text in ("kind:scheduled", "kind:conversation", "-kind:scheduled", "-kind:conversation")
    }
    names = [name for name, cron in SCHEDULED.items() if "sun" not in cron]
    by_name, _ = await asking.count(parse_filter(f"layer:{','.join(names)}"))
    assert counts["kind:scheduled"] == counts["-kind:conversation"] == by_name > 0
    assert counts["kind:conversation"] == counts["-kind:scheduled"] == total - by_name > 0
    totals = await asking.totals(parse_filter("kind:scheduled"))
    assert totals.overall.runs == by_name
    listed = await asking.run_slice(parse_filter("kind:conversation"), limit=total)
    assert {run.layer_name for run in listed.runs}.isdisjoint(names)
    assert len(listed.runs) == total - by_name
    await asking.closed()


async def test_a_run_whose_layer_has_bytes_for_a_name_is_of_a_kind(
    path: Path, zos: ZosWriter
) -> None:
    write_nights(zos, "users", 3, range(6))
    zos.raw_run(layer_name=memoryview(b"talk"), started_at=NOW)
    asking = service(path)
    listed = await asking.run_slice(parse_filter("kind:conversation"))
    assert [run.layer_name for run in listed.runs] == ["talk"]
    assert await asking.count(parse_filter("kind:scheduled")) == (6, 7)
    await asking.closed()


async def test_a_list_follows_when_a_layer_turns_out_to_be_scheduled(
    path: Path, zos: ZosWriter, tmp_path: Path
) -> None:
    write_nights(zos, "users", 3, range(3))
    write_nights(zos, "talk", 15, range(1, 3))
    write_layer(tmp_path, "users", None)
    write_layer(tmp_path, "talk", None)
    asking, flt = service(path, tmp_path), parse_filter("kind:scheduled")
    assert await asking.count(flt) == (0, 5)
    assert (await asking.totals(flt)).overall.runs == 0
    write_layer(tmp_path, "users", "0 3 * * *")
    assert await asking.count(flt) == (3, 5)
    assert (await asking.totals(flt)).overall.runs == 3
    assert len((await asking.run_slice(parse_filter("-kind:scheduled"))).runs) == 2
    await asking.closed()


async def test_other_questions_look_at_no_files(path: Path, zos: ZosWriter) -> None:
    def sought() -> Path | None:
        raise AssertionError

    asking = service(path, sought)
    await asking.count(parse_filter("layer:a since:7d"))
    await asking.totals(parse_filter(""))
    await asking.closed()


async def test_nights_long_past_are_read_once_an_hour(zos: ZosWriter, path: Path) -> None:
    write_nights(zos, "nightly", 3, range(10))
    clock = Clock()
    asking = service(path, clock=clock)

    def outcomes(found: Nights) -> list[str]:
        return [str(night.layers[0].outcome) for night in found.nights[1:10]]

    assert outcomes(await asking.nights()) == ["success"] * 9
    change = "UPDATE layer_runs SET status = 'failed' WHERE started_at LIKE ?"
    for back in (1, 5):  # yesterday's is still looked at each time
        with zos.batch():
            zos._connection.execute(change, (f"{NOW - DAY * back:%Y-%m-%d}%",))
    assert outcomes(await asking.nights()) == ["success", "failed", *["success"] * 7]
    clock.now += book.INFERRED_FOR
    assert (
        outcomes(await asking.nights())
        == ["success", "failed", *["success"] * 3, "failed"] + ["success"] * 3
    )
    await asking.closed()


async def test_an_old_run_that_may_still_turn_is_looked_at_each_time(
    zos: ZosWriter, path: Path
) -> None:
    write_nights(zos, "nightly", 3, range(5, 12))
    run = zos.start_run("nightly", started_at=NOW.replace(hour=3) - DAY * 4, targets_matched=3)
    asking = service(path)
    states = []
    for _ in range(2):
        found = await asking.nights()
        states.append([night.layers[0].outcome for night in found.nights].count(Outcome.STALLED))
        zos.finish_run(run, completed_at=NOW, processed=3)
    assert states == [1, 0]
    await asking.closed()
