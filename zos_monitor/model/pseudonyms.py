"""Pseudonyms: what a thing is called where its name is hidden."""

from __future__ import annotations

import hashlib

from zos_monitor.model.text import encodable

MOST = 50_000
"""How many pseudonyms are kept apart by being known; any further ones by being long."""

_SHORT, _LONG = 4, 16  # hexadecimal digits

_TOPICS = frozenset({"user", "dyad", "self", "channel", "emoji", "subject"})


class Pseudonyms:
    """Gives names by a keyed hash: the same thing has the same one for as long as the key lives.

    Without the key they can't be looked up by hashing what may be behind them. No two things have
    the same one.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._taken: dict[str, bytes] = {}

    def of(self, kind: str, name: str) -> str:
        """Return the pseudonym of a thing: what kind of thing it is, and digits.

        >>> Pseudonyms(b"key").of("user", "Ada")
        'user 719c'
        """
        data = f"{kind}\0{encodable(name)}".encode()
        digest = hashlib.blake2b(data, key=self._key, digest_size=_LONG // 2).digest()
        digits = digest.hex()
        for length in range(_SHORT, _LONG, 2):
            pseudonym = f"{kind} {digits[:length]}"
            holder = self._taken.get(pseudonym)
            if holder is None and len(self._taken) < MOST:
                holder = self._taken[pseudonym] = digest
            if holder == digest:
                return pseudonym
        return f"{kind} {digits}"

    def topic(self, key: str) -> str:
        """Return the pseudonym of a topic: its kind, where its key is of a known form.

        An empty key stays one.
        """
        return self.of(topic_kind(key), key) if key else key


def topic_kind(key: str) -> str:
    """Return what kind of topic a key is of; ``topic`` where it is of no known form.

    >>> topic_kind("server:1:user:2"), topic_kind("server:1"), topic_kind("Ada")
    ('user', 'server', 'topic')
    """
    parts = key.split(":")
    if parts[0] == "server" and len(parts) == 2:
        return "server"
    kind = parts[2] if parts[0] == "server" and len(parts) > 3 else parts[0]
    return kind if kind in _TOPICS and len(parts) > 1 else "topic"
