"""The header: which database, whether what is shown is live, and the zone of all times."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from zos_monitor.model import phrases
from zos_monitor.model.changes import Health
from zos_monitor.model.faults import FaultKind
from zos_monitor.model.text import one_line
from zos_monitor.tui.run_columns import Setting

_NAME = " zos  "
REDACTED = "redacted"
"""What the header says where what is private is hidden."""
_FAULTS = {
    FaultKind.MISSING: "waiting for the database",
    FaultKind.UNREADABLE: "database unreadable",
    FaultKind.NOT_SQLITE: "not a database",
    FaultKind.DAMAGED: "database damaged",
    FaultKind.NOT_ZOS: "not a zos database",
    FaultKind.LOCKED: "database locked",
    FaultKind.SLOW: "database does not answer",
    FaultKind.UNREACHABLE: "server unreachable",
    FaultKind.NOT_OFFERED: "not offered",
    FaultKind.OTHER: "database can't be read",
    FaultKind.UNFORESEEN: "fault of the monitor's own",
}


class StatusLine(Widget):
    """One line that never lies about how fresh the rest of the screen is."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    StatusLine { height: 1; width: 1fr; }
    """

    health: reactive[Health | None] = reactive(None)
    """What the poll last said; None before its first look."""
    trouble: reactive[Health | None] = reactive(None)
    """What a question has met that the poll has not seen yet."""
    failed_since: reactive[datetime | None] = reactive(None)
    """Since when a question has no answer because of a fault of the monitor's own."""
    paused: reactive[bool] = reactive(False)
    committed_at: reactive[datetime | None] = reactive(None)
    attention: reactive[str] = reactive("")
    """What has happened since it was last seen, such as ``2 failed``."""
    tonight: reactive[str] = reactive("")
    """What has become of the night's layers so far."""

    def __init__(self, path: str, setting: Setting, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting = setting
        self._path = one_line(path)
        self._told = ("", "")  # what stands there of the data's freshness, and the zone

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs, if that reads otherwise."""
        self.setting = setting
        if (self._freshness()[0], self._zone) != self._told:
            self.refresh()

    @property
    def _zone(self) -> str:
        """The zone's name by now: it changes with the seasons."""
        return self.setting.now.astimezone(self.setting.zone).tzname() or ""

    def render(self) -> Content:
        """Return the line; short of room, the path gives way first, from its left."""
        words, style = self._freshness()
        self._told = words, self._zone
        glyphs = self.setting.glyphs
        zone = f"{self._zone} "
        alarm = f"{glyphs.high} {self.attention}, a shows  " if self.attention else ""
        hidden = f" {REDACTED} " if self.health is not None and self.health.redacted else ""
        gap = "  " if hidden else ""
        room = self.size.width - cell_len(_NAME + hidden + gap + words + alarm + zone) - 4
        if room < -3:  # the notice says as of when, too
            words, style = self._freshness(short=True)
            room = self.size.width - cell_len(_NAME + hidden + gap + words + alarm + zone) - 4
        if alarm and room < -3:  # the gap alone may go
            alarm = f"{glyphs.high} {self.attention}  "
        fits = self.tonight and cell_len(self.tonight) + 2 <= room + 3  # the path gives way first
        tonight = f"{self.tonight}  " if fits else ""
        room -= cell_len(tonight)
        path = self._path
        if len(path) > room:
            path = glyphs.ellipsis + path[-(room - 1) :] if room > 8 else ""
        left = Content.assemble(
            (_NAME, "bold $text-primary"),
            (hidden, "reverse $text-warning"),
            gap,
            (f"{path}  " if path else "", "$foreground-muted"),
            (words, style),
        )
        right = Content.assemble((alarm, "bold $text-error"), tonight, (zone, "$foreground-muted"))
        between = self.size.width - left.cell_length - right.cell_length
        return Content.assemble(left, " " * max(1, between), right)

    def _freshness(self, *, short: bool = False) -> tuple[str, str]:
        """Return the words for how fresh the data is, and their style."""
        glyphs = self.setting.glyphs
        if (stale := self.stale(short=short)) is not None:
            return stale
        if self.health is None:
            return "opening", "$foreground-muted"
        if self.committed_at is None:
            return f"{glyphs.live} live", "$text-success"
        changed = self._clock(self.committed_at)
        return f"{glyphs.live} live {glyphs.dot} changed {changed}", "$text-success"

    def stale(self, *, short: bool = False) -> tuple[str, str] | None:
        """Return why what is shown is not live, a fault before all else, and the words' style."""
        glyphs, health = self.setting.glyphs, self.health
        faulty = health if health is not None and health.fault is not None else self.trouble
        if faulty is not None and faulty.fault is not None:
            words = f"{_FAULTS[faulty.fault]} since {self._clock(faulty.since)}"
            if faulty.good_at is not None and not short:
                words = f"as of {self._clock(faulty.good_at)}, {words}"
            return f"{glyphs.fault} {words}", "bold $text-error"
        if self.failed_since is not None:
            since = self._clock(self.failed_since)
            own = _FAULTS[FaultKind.UNFORESEEN]
            return f"{glyphs.fault} {own} since {since}", "bold $text-error"
        if self.paused:
            return f"{glyphs.paused} paused, space resumes", "bold $text-warning"
        if health is not None and health.doubt:
            return f"{glyphs.fault} not live: {one_line(health.doubt)}", "bold $text-warning"
        return None

    def _clock(self, instant: datetime) -> str:
        return phrases.clock_time(instant, self.setting.now, self.setting.zone)
