"""What people call a topic, by its key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.names import Ids, Names, ids_in

NAMES = Names(
    members={("7", "1"): "Ada", ("", "2"): "only in messages"},
    users={"1": "Lady Ada", "2": "Bram"},
    channels={"5": "general"},
    servers={"7": "The Owlery"},
)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("server:7:user:1", "@Ada"),
        ("server:8:user:1", "@Lady Ada"),
        ("user:1", "@Lady Ada"),
        ("user:2", "@Bram"),
        ("server:7:dyad:1:2", "Ada ↔ Bram"),
        ("dyad:2:1", "Bram ↔ Lady Ada"),
        ("dyad:1:999", "Lady Ada ↔ 999"),
        ("server:7:dyad:999:1", "999 ↔ Ada"),
        ("server:7:channel:5", "#general"),
        ("server:7:emoji:partyparrot", ":partyparrot:"),
        ("server:7:emoji:🔥", "🔥"),
        ("server:7:emoji:1️⃣", "1️⃣"),
        ("server:7:subject:vegas_trip", "vegas trip"),
        ("server:7:subject:d&d_campaign", "d&d campaign"),
        ("server:7:subject:東京オフ会", "東京オフ会"),
        ("server:7:subject:__", "__"),
        ("server:7", "The Owlery"),
        ("self:zos", "self"),
        ("self:social:texture", "self"),
        # Forms without a name that is known.
        ("server:7:user:999", None),
        ("user:999", None),
        ("dyad:998:999", None),
        ("server:7:channel:999", None),
        ("server:999", None),
        # Unknown and malformed.
        *((key, None) for key in ("", ":", "1", "Ada", "user", "user:", "user: ", ":user:1")),
        *((key, None) for key in ("server", "server:", "server::user:1", "server:7:user")),
        *((key, None) for key in ("server:7:user:1:2", "dyad:1", "dyad:1:2:1", "channel:5")),
        *((key, None) for key in ("emoji:🔥", "subject:trip", "server:7:mood:1", "self", "self:")),
        *((key, None) for key in ("server:7:server:7", "server:7:self:zos", "User:1", "user:1\n")),
    ],
)
def test_a_topic_has_the_name_that_people_use(key: str, name: str | None) -> None:
    assert NAMES.topic(key) == name


def test_the_ids_that_need_names_are_told_by_kind() -> None:
    keys = [
        "server:7:user:1",
        "dyad:2:3",
        "server:8:channel:5",
        "server:9",
        "self:zos",
        "user:",
        "",
    ]
    keys += ["server:7:subject:4", "channel:6"]
    users, channels, servers = ({"1", "2", "3"}, {"5"}, {"9"})
    assert ids_in(keys) == Ids(frozenset(users), frozenset(channels), frozenset(servers))


segments = st.sampled_from(
    ["server", "user", "dyad", "channel", "emoji", "self", "1", "2", "", " "]
)


@given(key=st.text() | st.lists(segments | st.text(max_size=3), max_size=6).map(":".join))
def test_no_key_is_too_odd(key: str) -> None:
    assert NAMES.topic(key) != ""
    ids = ids_in([key])
    assert all(ids.users | ids.channels | ids.servers | {"-"})
    # Nothing but the ids that are told decides about the name.
    told = Names(
        members={pair: name for pair, name in NAMES.members.items() if pair[1] in ids.users},
        users={user: name for user, name in NAMES.users.items() if user in ids.users},
        channels={key: name for key, name in NAMES.channels.items() if key in ids.channels},
        servers={key: name for key, name in NAMES.servers.items() if key in ids.servers},
    )
    assert told.topic(key) == NAMES.topic(key)
