"""Names as they are read from the tables, whatever these hold and whether they are there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.names import Names
from zos_monitor.model.wildcards import matches
from zos_monitor.store.database import Database
from zos_monitor.store.names import ids_named, read_names

KEYS = ("server:7:user:1", "user:1", "dyad:1:2", "server:7:channel:5", "server:7")
RUNS = "CREATE TABLE layer_runs (id, layer_name, started_at, completed_at, status)"


async def names_of(path: Path, *keys: str) -> Names:
    database = Database(path)
    async with database.read() as reader:
        return await read_names(reader, keys)


async def found_by(path: Path, *patterns: str) -> Mapping[str, tuple[str, ...]]:
    database = Database(path)
    async with database.read() as reader:
        return await ids_named(reader, patterns)


def make(path: Path, *statements: str, rows: Iterable[tuple[str, Iterable[object]]] = ()) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in (RUNS, *statements):
            connection.execute(statement)
        for table, row in rows:
            values = tuple(row)
            marks = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)


def person(
    zos: ZosWriter, user: str, server: str | None, name: str, days_ago: int, **more: str
) -> None:
    zos.person(user, server, name, captured_at=NOW - timedelta(days=days_ago), **more)


async def test_names_are_read_for_the_ids_of_the_keys_alone(zos: ZosWriter, path: Path) -> None:
    zos.server("7", "The Owlery", created_at=NOW)
    zos.server("8", "Elsewhere", created_at=NOW)
    zos.channel("5", "7", "general", created_at=NOW)
    zos.channel("6", "7", "random", created_at=NOW)
    for number in range(1, 5):
        person(zos, str(number), "7", f"Person {number}", 1)
    found = await names_of(path, *KEYS)
    assert found.users == {"1": "Person 1", "2": "Person 2"}
    assert (found.channels, found.servers) == ({"5": "general"}, {"7": "The Owlery"})
    assert found.topic("dyad:1:2") == "Person 1 ↔ Person 2"
    assert await names_of(path) == await names_of(path, "self:zos", "nonsense") == Names()


async def test_the_servers_own_profile_comes_first_then_the_newest(
    zos: ZosWriter, path: Path
) -> None:
    person(zos, "1", "8", "Newest", 1)
    person(zos, "1", "7", "Here", 9)
    person(zos, "1", None, "Message", 5)
    found = await names_of(path, *KEYS)
    assert found.topic("server:7:user:1") == "@Here"
    assert found.topic("server:8:user:1") == "@Newest"
    assert found.topic("server:9:user:1") == "@Newest"
    assert found.topic("user:1") == "@Newest"


async def test_an_empty_name_is_none(zos: ZosWriter, path: Path) -> None:
    person(zos, "1", "7", " ", 1, username="ada")
    person(zos, "2", "7", "", 1, username="\t")
    person(zos, "2", "8", "Bram", 9)
    zos.channel("5", "7", None, created_at=NOW)
    zos.server("7", "", created_at=NOW)
    found = await names_of(path, *KEYS)
    assert found.topic("server:7:user:1") == "@ada"
    assert found.topic("server:7:dyad:1:2") == "ada ↔ Bram"
    assert (found.channels, found.servers) == ({}, {})
    assert await found_by(path, "*") == {"*": ("1", "2")}
    assert await found_by(path, "@\t", "#") == {}


async def test_of_two_profiles_on_one_server_the_newer_counts(path: Path) -> None:
    table = "CREATE TABLE user_profiles (user_id, server_id, display_name, captured_at)"
    times = ["soon", None, 2, "2026-11-20 03:00:00", "2026-11-20T03:00:00.5", b"2027"]
    rows = [("user_profiles", ("1", "7", f"name {at!r}", at)) for at in times]
    make(path, table, rows=rows)
    assert (await names_of(path, "user:1")).topic("user:1") == "@name '2026-11-20T03:00:00.5'"


TABLES = {
    "user_profiles": ("user_id", "server_id", "display_name", "username", "captured_at"),
    "channels": ("id", "name"),
    "servers": ("id", "name"),
}
PLAIN = ("1", "7", "Ada", "ada", "2026-11-20 03:00:00")


@pytest.mark.parametrize(
    ("table", "column", "names", "ids"),
    [
        (None, None, ["@Ada", "@Ada", "Ada ↔ 2", "#ada-room", "Ada's"], ("1", "5")),
        ("user_profiles", None, [None, None, None, "#ada-room", "Ada's"], ("5",)),
        ("user_profiles", "user_id", [None, None, None, "#ada-room", "Ada's"], ("5",)),
        ("user_profiles", "server_id", ["@Ada", "@Ada", "Ada ↔ 2", "#ada-room", "Ada's"], "15"),
        ("user_profiles", "display_name", ["@ada", "@ada", "ada ↔ 2", "#ada-room", "Ada's"], "15"),
        ("user_profiles", "username", ["@Ada", "@Ada", "Ada ↔ 2", "#ada-room", "Ada's"], "15"),
        ("user_profiles", "captured_at", ["@Ada", "@Ada", "Ada ↔ 2", "#ada-room", "Ada's"], "15"),
        ("channels", None, ["@Ada", "@Ada", "Ada ↔ 2", None, "Ada's"], ("1",)),
        ("channels", "id", ["@Ada", "@Ada", "Ada ↔ 2", None, "Ada's"], ("1",)),
        ("channels", "name", ["@Ada", "@Ada", "Ada ↔ 2", None, "Ada's"], ("1",)),
        ("servers", None, ["@Ada", "@Ada", "Ada ↔ 2", "#ada-room", None], ("1", "5")),
        ("servers", "name", ["@Ada", "@Ada", "Ada ↔ 2", "#ada-room", None], ("1", "5")),
    ],
)
async def test_tables_and_columns_may_be_missing(
    path: Path, table: str | None, column: str | None, names: list[str | None], ids: Iterable[str]
) -> None:
    values = {"user_profiles": PLAIN, "channels": ("5", "ada-room"), "servers": ("7", "Ada's")}
    present = {name: columns for name, columns in TABLES.items() if name != table or column}
    kept = {
        name: [at for at, one in enumerate(columns) if (name, one) != (table, column)]
        for name, columns in present.items()
    }
    make(
        path,
        *(f"CREATE TABLE {t} ({', '.join(TABLES[t][at] for at in kept[t])})" for t in present),
        rows=[(name, [values[name][at] for at in kept[name]]) for name in present],
    )
    found = await names_of(path, *KEYS)
    assert [found.topic(key) for key in KEYS] == names
    assert (await found_by(path, "ADA")).get("ADA", ()) == tuple(ids)


async def test_odd_values_are_read_as_text(path: Path) -> None:
    odd: list[object] = [
        None,
        5,
        1.5,
        b"\xff\xfe",
        b"caf\xc3\xa9",
        "a\0b",
        "\x1b[31m",
        ":",
        "é" * 99,
    ]
    rows: list[tuple[str, list[object]]] = [
        ("user_profiles", [user, server, name, name, name])
        for user in (*odd, "1")
        for server in (None, "7", b"7", 7)
        for name in odd
    ]
    rows += [("channels", [key, name]) for key in (*odd, "5") for name in odd]
    tables = (f"CREATE TABLE {name} ({', '.join(columns)})" for name, columns in TABLES.items())
    make(path, *tables, rows=rows)
    odd_keys = ["user:\udcff", "user:a\0b", 'user:"\\', "user:😀", "dyad:5:1.5", "server:7"]
    found = await names_of(path, *KEYS, *odd_keys)
    assert found.topic("user:1")
    assert found.topic("server:7:channel:5")
    named = await found_by(path, "caf", "\ufffd", "\udcff", "*", "'", '"', "\\", "a\0", "1.5")
    assert named["caf"] == tuple(sorted(["1", "1.5", "5", "café", "a\0b", "\x1b[31m", "é" * 99]))
    assert named["\ufffd"] == named["1.5"] == named["caf"]
    assert "\udcff" not in named


async def test_many_ids_are_asked_for_at_once(zos: ZosWriter, path: Path) -> None:
    with zos.batch():
        for number in range(40_000):
            person(zos, str(number), None, f"Person {number}", 1)
    found = await names_of(path, *(f"user:{number}" for number in range(0, 80_000, 2)))
    assert len(found.users) == 20_000
    assert found.topic("user:39998") == "@Person 39998"
    assert len((await found_by(path, "person"))["person"]) == 40_000


PEOPLE = {
    "1": ("Ada", "lovelace"),
    "2": ("50%_x", "it's"),
    "3": ("Ünïcode", 'q"\\'),
    "4": ("a*b", ""),
}


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("ada", ("1", "5")),
        ("@ADA", ("1",)),
        ("#ada", ("5",)),
        ("love*ace", ("1",)),
        ("50%", ("2",)),
        ("5_%", ()),
        ("t's", ("2",)),
        ('"\\', ("3",)),
        ("ünï", ()),
        ("Ün*E", ("3",)),
        (r"a\*b", ("4",)),
        ("nobody", ()),
        ("owlery", ()),  # a server's name would find nearly every run
    ],
)
async def test_a_word_names_ids(
    zos: ZosWriter, path: Path, pattern: str, ids: tuple[str, ...]
) -> None:
    for user, (display_name, username) in PEOPLE.items():
        person(zos, user, "7", display_name, 1, username=username)
    zos.channel("5", "7", "ada-room", created_at=NOW)
    zos.server("7", "The Owlery", created_at=NOW)
    assert await found_by(path, pattern) == ({pattern: ids} if ids else {})


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("people") / "zos.db"
    with ZosWriter(database) as zos:
        for user, (display_name, username) in PEOPLE.items():
            person(zos, user, "7", display_name, 1, username=username)
    return database


pieces = st.sampled_from([*"aAdb50%_\\*'\"éÜn@ ", "\ufffd", "\udcff"])


@given(patterns=st.lists(st.lists(pieces, min_size=1, max_size=4).map("".join), max_size=3))
async def test_ids_are_named_as_patterns_match(people: Path, patterns: list[str]) -> None:
    expected = {
        pattern: tuple(
            user
            for user, both in PEOPLE.items()
            if any(matches(pattern, f"@{name}") for name in both if name)
        )
        for pattern in patterns
    }
    found = await found_by(people, *patterns)
    assert found == {pattern: ids for pattern, ids in expected.items() if ids}
