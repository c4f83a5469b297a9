"""RedactedShared: a redacted service that serves many, who are all told the same names."""

from __future__ import annotations

from datetime import tzinfo

from zos_monitor.questions import Looker, Service, Shared
from zos_monitor.redacting import RedactedService


class RedactedShared(RedactedService):
    """Redacts a service that has readers; see ``RedactedService``."""

    def __init__(self, service: Shared) -> None:
        super().__init__(service)
        self._shared = service
        self._readers: dict[RedactedService, Service] = {}

    def reader(self, zone: tzinfo) -> RedactedService:
        """Return a service for one more reader."""
        reader = self._shared.reader(zone)
        redacted = RedactedService(reader, self._redaction)
        self._readers[redacted] = reader
        return redacted

    def dismiss(self, reader: RedactedService) -> None:
        """Forget the lists of a reader that is not being asked."""
        self._shared.dismiss(self._readers.pop(reader))

    def presence(self) -> Looker:
        """Return one who answers ``present`` for itself: in short runs there is nothing to hide."""
        return self._shared.presence()
