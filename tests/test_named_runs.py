"""Names through the service: what a name finds, and what topics of errors are called."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, service_on
from zos_monitor.demo import cast
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filter_words import quote
from zos_monitor.model.filters import literal, matches, parse_filter

PEOPLE = {name: user for user, name in cast.people()}
CHANNELS = {name: channel for channel, name in cast.channels()}
ADA = "210000000000007919"


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history of the demo's people, among whom Ada is known; for reading only."""
    database = tmp_path_factory.mktemp("peopled") / "zos.db"
    with ZosWriter(database) as zos:
        write_history(zos, nights=12, until=NOW)
        zos.person(ADA, cast.SERVER_ID, "Ada", captured_at=NOW)
        zos.raw_run(id="in-errors", errors=json.dumps([{"topic": f"user:{ADA}", "error": "no"}]))
        zos.raw_run(id="in-calls")
        zos.call("in-calls", f"server:1:dyad:5:{ADA}", created_at=NOW)
        zos.raw_run(id="in-insights")
        zos.insight("in-insights", f"server:1:user:{ADA}", created_at=NOW)
        zos.raw_run(id="in-none")
        zos.call("in-none", f"server:{cast.SERVER_ID}:user:{ADA}0", created_at=NOW)
    return database


async def found(database: Path, text: str) -> set[str]:
    found = await service_on(database).run_slice(parse_filter(text), limit=10_000)
    assert found.matched == len(found.runs)
    return {run.id for run in found.runs}


def topics(database: Path) -> dict[str, set[str]]:
    """Return the topics of every run's calls, insights and errors."""
    with closing(sqlite3.connect(database)) as connection:
        runs = connection.execute("SELECT id, errors FROM layer_runs").fetchall()
        told: dict[str, set[str]] = {run: set() for run, _ in runs}
        for table in ("llm_calls", "insights"):
            for run, topic in connection.execute(f"SELECT layer_run_id, topic_key FROM {table}"):
                if run is not None and topic is not None:
                    told[run].add(topic)
    for run, errors in runs:
        told[run] |= {error["topic"] or "" for error in json.loads(errors or "null") or ()}
    return told


def holding(database: Path, *ids: str) -> set[str]:
    return {
        run
        for run, keys in topics(database).items()
        if any(key.split(":")[1:].count(one) for key in keys for one in ids)
    }


async def test_a_name_finds_exactly_the_runs_with_its_id_in_a_topic(peopled: Path) -> None:
    in_text = await found(peopled, "error:Ada")
    assert await found(peopled, "Ada") == in_text | {"in-errors", "in-calls", "in-insights"}
    assert holding(peopled, ADA) == {"in-errors", "in-calls", "in-insights"}
    for name in ("Mirela", "Søren", "結衣", "Vesper 🦊", "Quinn [she/they]"):
        expected = holding(peopled, PEOPLE[name])
        assert 0 < len(expected) < len(topics(peopled))
        for text in (quote(name), quote(f"@{name}")):
            assert await found(peopled, text) == expected
            assert await found(peopled, f"-{text}") == topics(peopled).keys() - expected
            assert await found(peopled, f"{text} since:999w") == expected
    expected = holding(peopled, PEOPLE["Mirela"]) & holding(peopled, CHANNELS["café"])
    assert await found(peopled, "mirela CAFé") == expected


async def test_a_channel_is_found_by_its_name(peopled: Path) -> None:
    expected = holding(peopled, CHANNELS["kitchen-table"])
    assert expected
    assert await found(peopled, "kitchen") == await found(peopled, "#kitchen") == expected


async def test_part_of_many_names_finds_the_runs_of_them_all(peopled: Path) -> None:
    ids = [key for name, key in PEOPLE.items() if matches(literal("@"), f"@{name}")]
    assert len(ids) == len(PEOPLE)
    assert await found(peopled, '"@"') == holding(peopled, *ids, ADA)


@pytest.mark.parametrize("text", ["nobody", '"%"', '"Ada\' OR 1=1 --"', "Lantern,Room"])
async def test_what_is_no_name_finds_nothing_more(peopled: Path, text: str) -> None:
    """Servers are no names here: each word of one's would find nearly every run."""
    keys = topics(peopled)
    (term,) = parse_filter(text).terms
    expected = {
        run
        for run, topics_of_run in keys.items()
        if any(matches(value, key) for value in term.values for key in topics_of_run)
    }
    assert len(expected) < len(keys) / 2
    assert await found(peopled, text) == expected


@pytest.mark.parametrize("without", [{"user_profiles"}, {"user_profiles", "channels", "servers"}])
async def test_a_database_may_know_no_names(path: Path, without: set[str]) -> None:
    with ZosWriter(path, without=without) as zos:
        zos.raw_run(id="run", errors=json.dumps([{"topic": f"user:{ADA}", "error": "no"}]))
    assert await found(path, "Ada") == set()
    assert await found(path, "-Ada") == {"run"}
    run = await service_on(path).run("run")
    assert run is not None
    assert [(error.topic, error.topic_name) for error in run.errors] == [(f"user:{ADA}", None)]


async def test_the_topics_of_errors_have_names(zos: ZosWriter, path: Path) -> None:
    keys = ["server:7:user:1", "user:1", "dyad:1:2", "server:7:channel:5", "user:9", None, "", "x"]
    zos.server("7", "The Owlery", created_at=NOW)
    zos.channel("5", "7", "general", created_at=NOW)
    zos.person("1", "7", "Ada", captured_at=NOW - timedelta(days=2))
    zos.person("1", "8", "Lady Ada", captured_at=NOW)
    zos.raw_run(id="run", errors=json.dumps([{"topic": key, "error": "no"} for key in keys]))
    run = await service_on(path).run("run")
    assert run is not None
    names = ["@Ada", "@Lady Ada", "Lady Ada ↔ 2", "#general", None, None, None, None]
    assert [(error.topic, error.topic_name) for error in run.errors] == list(
        zip(keys, names, strict=True)
    )


async def test_slices_and_totals_tell_the_same(peopled: Path) -> None:
    flt = parse_filter("Ada")
    service = service_on(peopled)
    runs = await found(peopled, "Ada")
    part = await service.run_slice(flt)
    assert {run.id for run in part.runs} == runs
    assert (await service.totals(flt)).overall.runs == part.matched == len(runs)
