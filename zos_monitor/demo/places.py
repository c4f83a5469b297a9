"""The surroundings of runs: servers, channels, people, topics and their messages."""

from __future__ import annotations

from datetime import datetime

from zos_monitor.demo.file import ZosFile
from zos_monitor.model.times import format_stored


class PlaceWriter(ZosFile):
    """Writes what topic ids stand for, and the talk that runs feed on."""

    def server(self, server_id: str, name: str | None, *, created_at: datetime) -> None:
        """Insert a server (a Discord guild)."""
        self.insert(
            "servers", id=server_id, name=name, threads_as_topics=True, created_at=created_at
        )

    def channel(
        self, channel_id: str, server_id: str, name: str | None, *, created_at: datetime
    ) -> None:
        """Insert a text channel of a server."""
        self.insert(
            "channels",
            id=channel_id,
            server_id=server_id,
            name=name,
            type="text",
            created_at=created_at,
        )

    def person(
        self,
        user_id: str,
        server_id: str | None,
        display_name: str | bytes,
        *,
        captured_at: datetime,
        username: str | bytes | None = None,
    ) -> None:
        """Insert a user's profile on a server, as it was at ``captured_at``."""
        self.insert(
            "user_profiles",
            id=self._ulids.make(captured_at),
            user_id=user_id,
            server_id=server_id,
            display_name=display_name,
            username=display_name if username is None else username,
            is_bot=False,
            roles='["member"]',
            captured_at=captured_at,
        )

    def topic(self, key: str, *, at: datetime) -> None:
        """Insert a topic, or note its new activity where it exists."""
        parts = key.split(":")
        in_server = parts[0] == "server" and len(parts) > 2
        self._connection.execute(
            "INSERT INTO topics (key, category, is_global, provisional, created_at,"
            " last_activity_at) VALUES (:key, :category, :is_global, 0, :at, :at)"
            " ON CONFLICT (key) DO UPDATE SET last_activity_at = excluded.last_activity_at",
            {
                "key": key,
                "category": parts[2] if in_server else parts[0],
                "is_global": not in_server,
                "at": format_stored(at),
            },
        )

    def message(
        self,
        channel_id: str,
        author_id: str,
        *,
        created_at: datetime,
        content: str = "anyone up for a walk?",
        server_id: str | None = None,
    ) -> str:
        """Insert a message: a commit that has nothing to do with any run. Return its id."""
        message_id = self._ulids.make(created_at)
        self.insert(
            "messages",
            id=message_id,
            channel_id=channel_id,
            server_id=server_id,
            author_id=author_id,
            content=content,
            created_at=created_at,
            visibility_scope="public",
            has_media=False,
            has_links=False,
            ingested_at=created_at,
        )
        return message_id
