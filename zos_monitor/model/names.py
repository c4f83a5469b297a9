"""Names for topics: what people call the users, channels and servers that a topic's key holds.

Keys are ``user:U``, ``dyad:A:B``, ``self:…``, and under ``server:S`` also ``channel:C``,
``emoji:E`` and ``subject:W``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# What a custom emoji of Discord's can be called; any other emoji is written as itself.
_EMOJI_NAME = re.compile(r"[A-Za-z0-9_~-]+")


@dataclass(frozen=True)
class Names:
    """The names that are known, by id.

    ``members`` has the names that users have on a server, by the ids of server and user; ``users``
    each user's newest name anywhere.
    """

    members: Mapping[tuple[str, str], str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    servers: Mapping[str, str] = field(default_factory=dict)

    def topic(self, key: str) -> str | None:
        """Return what people call a topic, None where its key is of no known form or nameless.

        Of a dyad in which one name is known, the other stays the id.

        >>> Names(users={"1": "Ada"}).topic("dyad:1:2")
        'Ada ↔ 2'
        """
        server, parts = _split(key)
        match parts:
            case [] if server:
                return self.servers.get(server)
            case ["self", _, *_] if not server:
                return "self"
            case ["user", user]:
                name = self._user(server, user)
                return f"@{name}" if name else None
            case ["dyad", one, other]:
                names = self._user(server, one), self._user(server, other)
                return f"{names[0] or one} ↔ {names[1] or other}" if any(names) else None
            case ["channel", channel] if server:
                name = self.channels.get(channel)
                return f"#{name}" if name else None
            case ["emoji", emoji] if server:
                return f":{emoji}:" if _EMOJI_NAME.fullmatch(emoji) else emoji
            case ["subject", subject] if server:
                return subject.replace("_", " ").strip() or subject
        return None

    def _user(self, server: str, user: str) -> str | None:
        name = self.members.get((server, user)) if server else None
        return name or self.users.get(user)


@dataclass(frozen=True)
class Ids:
    """The ids that topics hold."""

    users: frozenset[str]
    channels: frozenset[str]
    servers: frozenset[str]


def ids_in(keys: Iterable[str]) -> Ids:
    """Return the ids whose names ``Names.topic`` may need for these topics."""
    users: set[str] = set()
    channels: set[str] = set()
    servers: set[str] = set()
    for key in keys:
        server, parts = _split(key)
        match parts:
            case [] if server:
                servers.add(server)
            case ["user", user]:
                users.add(user)
            case ["dyad", one, other]:
                users.update((one, other))
            case ["channel", channel] if server:
                channels.add(channel)
    return Ids(frozenset(users), frozenset(channels), frozenset(servers))


def _split(key: str) -> tuple[str, list[str]]:
    """Return a topic's server, empty where it has none, and the segments after it.

    No segments and no server are what a malformed key gives.
    """
    parts = key.split(":")
    if not all(part.strip() for part in parts):
        return "", []
    if parts[0] == "server":
        return (parts[1], parts[2:]) if len(parts) > 1 else ("", [])
    return "", parts
