"""The names of users, channels and servers, as far as zos has recorded them."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from zos_monitor.model.columns import as_text
from zos_monitor.model.names import Names, ids_in
from zos_monitor.model.text import encodable
from zos_monitor.model.times import parse_stored
from zos_monitor.model.wildcards import matches, split_pattern
from zos_monitor.store.database import Reader
from zos_monitor.store.filter_sql import like_pattern

_NEVER = datetime.min.replace(tzinfo=UTC)

# The tables that ids are found in by name: the column of the id, those of the names, and the sign
# that people write before a name.
_NAMED = (
    ("user_profiles", "user_id", ("display_name", "username"), "@"),
    ("channels", "id", ("name",), "#"),
)


async def read_names(reader: Reader, keys: Iterable[str]) -> Names:
    """Return the names for the ids in these topics' keys, and no others.

    A user's newest profile counts that has a name, and of its names the display name before the
    user name. What is missing, tables and columns included, has no name.
    """
    ids = ids_in(keys)
    if not (ids.users or ids.channels or ids.servers):
        return Names()
    wanted = "user_id", "server_id", "display_name", "username", "captured_at"
    profiles, channels, servers = await asyncio.gather(
        _rows(reader, "user_profiles", wanted, ids.users),
        _names(reader, "channels", ids.channels),
        _names(reader, "servers", ids.servers),
    )
    members: dict[tuple[str, str], str] = {}
    users: dict[str, str] = {}
    for row in sorted(profiles, key=_captured):
        name = as_text(row["display_name"]).strip() or as_text(row["username"]).strip()
        if name:
            user = as_text(row["user_id"])
            users[user] = members[as_text(row["server_id"]), user] = name
    return Names(members=members, users=users, channels=channels, servers=servers)


async def ids_named(reader: Reader, patterns: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return, for each pattern that ``matches`` some name, the ids of those users and channels.

    Names are matched with the sign that people write before them, so ``@Ada`` and ``#general`` are
    found as well. Servers are left out: nearly every topic holds the id of its server, so that a
    word in that one's name would find nearly every run.
    """
    found: dict[str, set[str]] = {}
    asked = [pattern for pattern in patterns if pattern == encodable(pattern)]
    likes = json.dumps([_wider(pattern) for pattern in asked])
    for table, key, columns, sign in _NAMED:
        present = [name for name in columns if reader.schema.has(table, key, name)]
        if not asked or not present:
            continue
        texts = ", ".join(f"CAST(t.{name} AS TEXT)" for name in present)
        tests = " OR ".join(
            f"'{sign}' || CAST(t.{name} AS TEXT) LIKE w.value ESCAPE '\\'" for name in present
        )
        rows = await reader.rows(
            f"SELECT w.key, t.{key}, {texts} FROM json_each(?) AS w JOIN {table} AS t ON {tests}",
            (likes,),
        )
        for at, value, *stored in rows:
            pattern, text = asked[at], as_text(value)
            names = [name for name in map(as_text, stored) if name.strip()]
            if _is_segment(text) and any(matches(pattern, sign + name) for name in names):
                found.setdefault(pattern, set()).add(text)
    return {pattern: tuple(sorted(ids)) for pattern, ids in found.items()}


def _wider(pattern: str) -> str:
    """Return a pattern of LIKE's for all that is matched, and a little more.

    What is no UTF-8 is read as U+FFFD, but LIKE sees it as it is stored.
    """
    pieces = (piece for part in split_pattern(pattern) for piece in part.split("\ufffd"))
    return like_pattern(("", *pieces, ""))


def _is_segment(value: str) -> bool:
    return bool(value.strip()) and ":" not in value and "\ufffd" not in value


def _captured(row: sqlite3.Row) -> datetime:
    return parse_stored(row["captured_at"]) or _NEVER


async def _names(reader: Reader, table: str, ids: frozenset[str]) -> dict[str, str]:
    rows = await _rows(reader, table, ("id", "name"), ids)
    named = ((as_text(row["id"]), as_text(row["name"]).strip()) for row in rows)
    return {key: name for key, name in named if name}


async def _rows(
    reader: Reader, table: str, columns: tuple[str, ...], ids: frozenset[str]
) -> list[sqlite3.Row]:
    """Return the rows whose first column is one of the ids; none where it is missing."""
    bound = sorted(key for key in ids if key == encodable(key))
    if not bound or not reader.schema.has(table, columns[0]):
        return []
    read = ", ".join(f"{reader.schema.column(table, name, 't')} AS {name}" for name in columns)
    return await reader.rows(
        f"SELECT {read} FROM {table} AS t WHERE t.{columns[0]} IN (SELECT value FROM json_each(?))",
        (json.dumps(bound),),
    )
