"""Runs in lists and whole, against their rows; and the newest of exactly one layer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from tests.answers.plainly import Plain, iso, runs_of, strict, text, whole
from tests.conftest import NOW, error, service_on
from zos_monitor.answers.filters import narrowed
from zos_monitor.answers.one_run import latest, run
from zos_monitor.answers.runs import runs
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.causes import cause_of
from zos_monitor.model.faults import NotFound
from zos_monitor.model.filters import FilterError, parse_filter
from zos_monitor.model.times import parse_stored

DAY = timedelta(days=1)
SUCCESS = {"success": True, "partial": False, "failed": False}
COUNTERS = ("targets_matched", "targets_processed", "targets_skipped", "insights_created")


async def ask(path: Path, written: str = "", **options: Any) -> Any:  # noqa: ANN401
    service = service_on(path)
    answer = await runs(service, parse_filter(written), **{"offset": 0, "limit": 1000} | options)
    await service.closed()
    return strict(answer)


async def newest(path: Path, layer: str, within: str = "") -> Any:  # noqa: ANN401
    service = service_on(path)
    answer = await latest(service, layer, within=within)
    await service.closed()
    return strict(answer)


def counter(value: object) -> int | None:
    whole_float = isinstance(value, float) and value.is_integer()
    return int(value) if whole_float else whole(value)  # type: ignore[call-overload]


def assert_run(told: dict[str, Any], plain: Plain) -> None:
    """Assert what a list says of a run, and a detail says too."""
    row = plain.row
    cost, source = plain.cost
    assert told["id"] == plain.id
    assert told["layer_name"] == plain.layer
    assert told["status"] == text(row["status"])
    if plain.open:
        assert told["state"] in ("running", "stalled", "interrupted")
    else:
        assert told["state"] == plain.state
    assert told["success"] is SUCCESS.get(plain.state)
    assert told["started_at"] == iso(plain.started)
    assert told["completed_at"] == iso(parse_stored(row["completed_at"]))
    assert told["duration_seconds"] == plain.seconds
    assert [told[name] for name in COUNTERS] == [counter(row[name]) for name in COUNTERS]
    assert told["tokens_total"] == plain.tokens
    assert told["estimated_cost_usd"] == (None if cost is None else pytest.approx(cost, abs=1e-8))
    assert told["cost_source"] == source


def failed_calls(plain: Plain) -> list[str]:
    return [text(call["error_message"]) for call in plain.calls if call["success"] == 0]


async def test_a_list_has_every_run_as_its_rows_tell_it(history: Path) -> None:
    plain = runs_of(history)
    for errors in (False, True):
        told = await ask(history, include_errors=errors)
        assert [one["id"] for one in told["runs"]] == [one.id for one in plain]
        assert len({one["id"] for one in told["runs"]}) == len(plain)
        assert (told["total"], told["has_more"]) == (len(plain), False)
        for one, expected in zip(told["runs"], plain, strict=True):
            assert_run(one, expected)
            messages = expected.errors or (failed_calls(expected) if expected.open else [])
            assert one["error_count"] == len(messages)
            assert ("errors" in one) == errors
            if errors:
                assert [each["error"] for each in one["errors"]] == messages
                assert [each["cause"] for each in one["errors"]] == list(map(cause_of, messages))


async def test_pages_of_a_list_are_parts_of_it(history: Path) -> None:
    all_ids = [one.id for one in runs_of(history) if one.state in ("failed", "partial")]
    told = await ask(history, "status:failed,partial", offset=len(all_ids) - 3, limit=3)
    assert (len(told["runs"]), told["has_more"]) == (3, False)
    read: list[str] = []
    for offset in range(0, len(all_ids) + 14, 7):
        told = await ask(history, "status:failed,partial", offset=offset, limit=7)
        assert (told["offset"], told["limit"], told["total"]) == (offset, 7, len(all_ids))
        assert told["has_more"] == (offset + 7 < len(all_ids))
        read += [one["id"] for one in told["runs"]]
    assert read == all_ids


async def test_a_run_is_told_whole(history: Path) -> None:
    service = service_on(history)
    for plain in runs_of(history):
        told = strict(await run(service, plain.id))
        assert_run(told, plain)
        row = plain.row
        for name in ("layer_hash", "model_profile", "model_provider", "model_name"):
            assert told[name] == (None if row[name] is None else text(row[name]))
        assert told["insights_stored"] == plain.insights
        assert (told["calls"]["total"], told["calls"]["failed"]) == (
            len(plain.calls),
            len(failed_calls(plain)),
        )
        messages = plain.errors or (failed_calls(plain) if plain.open else [])
        assert [each["error"] for each in told["errors"]] == messages
        assert (told["progress"] is not None) == plain.open
        assert bool(told["dry_reason"]) <= (plain.state == "dry")
    for name in (
        "no such run",
        "",
        "\0",
        "\ufffd",
        "brok\ufffd id",
        "x" * 2000 + "\ufffd",
        "\udcff",
    ):
        assert await run(service, name) is None
    await service.closed()


async def test_the_latest_is_the_newest_of_exactly_that_layer(history: Path) -> None:
    plain = runs_of(history)
    for name in {one.layer for one in plain}:
        first = next(one for one in plain if one.layer == name)
        assert_run(await newest(history, name), first)
    failed = next(one for one in plain if one.layer == "odd" and one.state == "unknown")
    assert_run(await newest(history, "odd", "status:unknown"), failed)
    assert await newest(history, "odd", "status:partial") is None
    for name in ("none", "ODD", "od*", "", "broken name"):
        with pytest.raises(NotFound):
            await newest(history, name)
    with pytest.raises(FilterError):
        await newest(history, "odd", 'Ada "')


async def test_layers_whose_names_differ_in_case(zos: ZosWriter, path: Path) -> None:
    for name, hours in (("Ab", 1), ("AB", 2), ("ab", 3), ("AB", 4)):
        zos.raw_run(id=f"{name}{hours}", layer_name=name, started_at=NOW - timedelta(hours=hours))
    for name, expected in (("ab", "ab3"), ("AB", "AB2"), ("Ab", "Ab1")):
        assert (await newest(path, name))["id"] == expected
    with pytest.raises(NotFound):
        await newest(path, "aB")


async def test_runs_whose_ids_are_no_text(zos: ZosWriter, path: Path) -> None:
    errors = json.dumps([error("late", "server:1")])
    for number, at in enumerate(
        [NOW - DAY, NOW - DAY, "2026-11-20T12:00:00Z", "once", "9999-12-31 23:59:59.999999"]
    ):
        zos.raw_run(
            id=b"%d\xff" % number,
            layer_name=f"layer {number}",
            started_at=at,
            insights_created=number,
            errors=errors,
        )
    zos.raw_run(id="0\ufffd", layer_name="other", insights_created=9)
    told = await ask(path, include_errors=True)
    assert [one["id"] for one in told["runs"]] == [one.id for one in runs_of(path)]
    named = {one["id"]: one["layer_name"] for one in told["runs"]} | {"0\ufffd": "other"}
    for one in told["runs"]:
        assert len(one["errors"]) == one["error_count"] == (one["layer_name"] != "other")
        whole = await newest(path, one["layer_name"])
        assert (whole["id"], whole["insights_created"]) == (one["id"], one["insights_created"])
    service = service_on(path)
    for one in told["runs"]:
        by_id = strict(await run(service, one["id"]))
        assert (by_id["id"], by_id["layer_name"]) == (one["id"], named[one["id"]])
    await service.closed()


async def test_the_calls_of_a_run_whose_id_is_no_text_are_its_own(
    zos: ZosWriter, path: Path
) -> None:
    ids = (b"run \xfe", b"run \xff")
    for number, run_id in enumerate(ids, 1):
        at = NOW - number * timedelta(minutes=1)
        zos.raw_run(id=run_id, started_at=at, completed_at=None, targets_matched=4)
        for topic in range(number):
            failed: dict[str, Any] = {"created_at": at, "cost": 0.25, "success": False}
            zos.call(cast("str", run_id), f"user:{topic}", **failed, error="no")
    told = (await ask(path, include_errors=True))["runs"]
    assert [one["estimated_cost_usd"] for one in told] == [0.25, 0.5]
    assert [one["error_count"] for one in told] == [1, 2]
    assert [len(one["errors"]) for one in told] == [1, 2]
    whole_run = strict(await newest(path, told[0]["layer_name"]))
    assert (whole_run["calls"]["total"], whole_run["progress"]["done"]) == (1, 1)


async def test_runs_whose_ids_read_alike_are_told_apart(zos: ZosWriter, path: Path) -> None:
    for count, name in enumerate([b"\xfd", b"\xfe", b"\xff"]):
        errors = json.dumps([error(str(count))] * (count + 1))
        zos.raw_run(id=name, layer_name="same", started_at=NOW - DAY, errors=errors)
    told = (await ask(path, include_errors=True))["runs"]
    assert [one["id"] for one in told] == ["\ufffd"] * 3
    assert [[each["error"] for each in one["errors"]] for one in told] == [
        ["2"] * 3,
        ["1"] * 2,
        ["0"],
    ]


async def test_an_open_run_has_the_errors_of_its_calls(zos: ZosWriter, path: Path) -> None:
    zos.person("7", "1", "Ada", captured_at=NOW)
    begun = zos.start_run("nightly", started_at=NOW - timedelta(minutes=2), targets_matched=4)
    zos.call(begun, "server:1:user:7", created_at=NOW, success=False, error="429 rate limit")
    zos.call(begun, "server:1:user:8", created_at=NOW, success=False, error=None)
    zos.call(begun, "server:1:user:9", created_at=NOW)
    (one,) = (await ask(path, include_errors=True))["runs"]
    told = await newest(path, "nightly")
    assert (one["state"], one["status"], one["success"]) == ("running", "dry", None)
    assert one["error_count"] == 2
    assert one["errors"] == told["errors"]
    assert [each["error"] for each in one["errors"]] == ["429 rate limit", ""]
    assert one["errors"][0]["topic_name"] == "@Ada"
    assert (told["progress"]["done"], told["progress"]["matched"]) == (2, 4)


@pytest.mark.parametrize("gone", ["llm_calls", "insights"])
async def test_databases_without_that_table(zos: ZosWriter, path: Path, gone: str) -> None:
    ended = zos.raw_run(started_at=NOW - DAY, estimated_cost_usd=None)
    zos.call(ended, "user:2", created_at=NOW - DAY, cost=0.1)
    zos.insight(ended, "user:2", created_at=NOW - DAY)
    zos.start_run("nightly", started_at=NOW - timedelta(minutes=2), targets_matched=4)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(f"DROP TABLE {gone}")
    told = await ask(path, include_errors=True)
    for one, plain in zip(told["runs"], runs_of(path), strict=True):
        assert_run(one, plain)
        whole = await newest(path, plain.layer)
        assert_run(whole, plain)
        assert (whole["insights_stored"] is None) == (gone == "insights")
    cost = told["runs"][1]["estimated_cost_usd"]
    assert cost == (None if gone == "llm_calls" else 0.1)


async def test_an_empty_database(writer: ZosWriter, path: Path) -> None:
    told = await ask(path, limit=20, include_errors=True)
    assert told == {"runs": [], "total": 0, "offset": 0, "limit": 20, "has_more": False}
    service = service_on(path)
    assert await run(service, "") is None
    found = await runs(service, narrowed(success=False), offset=3, limit=1)
    assert (found.runs, found.total, found.has_more) == ([], 0, False)
    await service.closed()
