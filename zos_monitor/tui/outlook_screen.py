"""The screen's outlook: open runs in a strip, tonight and what asks for attention in the header.

It also keeps the time: what is told relative to now turns over, and some answers with it.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from textual.getters import query_one
from textual.timer import Timer

from zos_monitor.model.changes import Changed
from zos_monitor.model.jumps import LOOK_SECONDS, Jumps
from zos_monitor.questions import Service
from zos_monitor.tui.enduring_screen import EnduringScreen
from zos_monitor.tui.glyphs import Glyphs
from zos_monitor.tui.open_text import strip_turns_at
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.widgets.open_strip import OpenStrip
from zos_monitor.tui.widgets.run_list import RunList
from zos_monitor.tui.widgets.status_line import StatusLine

_LOOK_UP = LOOK_SECONDS  # else a jump would not be noticed: timers know nothing of one

if TYPE_CHECKING:  # they are imported when they are needed
    from zos_monitor.model.nights import Nights
    from zos_monitor.tui.outlook import Outlook
    from zos_monitor.tui.tonight import TonightScreen


class OutlookScreen(EnduringScreen):
    """A screen with an outlook; ``bell`` rings the terminal's bell when something turns."""

    status = query_one(StatusLine)
    strip = query_one(OpenStrip)
    runs = query_one(RunList)

    def __init__(self, service: Service, glyphs: Glyphs, *, bell: bool) -> None:
        super().__init__(service)
        self._setting = Setting(service.clock(), service.zone, glyphs)
        self._bell = bell
        self._seen_run: str | None = None
        self._tonight: TonightScreen | None = None
        self._tick: Timer | None = None
        self._turns_at: datetime | None = None  # when the first thing turns
        self._jumps = Jumps()
        self._jumped = False  # whether all is to be asked again for that
        self._turning = False  # whether it is being asked again what the time has turned
        self._outlook: Outlook | None = None
        self._outlook_due: Changed | None = None  # what has changed since it was asked for
        self._asking_outlook = False

    @property
    def outlook(self) -> Outlook:
        """What surrounds the list; made when it is first asked for, after the first frame."""
        if self._outlook is None:
            from zos_monitor.tui.outlook import Outlook

            self._outlook = Outlook(
                self.service,
                on_news=self._show_outlook,
                on_alarm=self._alarm,
                question=self.mishaps.question,
            )
        return self._outlook

    def show_run(self, run_id: str) -> Coroutine[Any, Any, None]:
        """Go to a run and open it."""
        raise NotImplementedError

    def show_nights(self) -> None:
        """Show the nights where they are told beside the header and their own screen."""

    @property
    def setting(self) -> Setting:
        """What everything is rendered by now."""
        return self._setting

    @property
    def nights(self) -> Nights | None:
        """The nights as far as they are known."""
        return self._outlook.nights if self._outlook is not None else None

    @property
    def schedule_faults(self) -> str:
        """What is wrong with the layers' files, as sentences; empty for nothing."""
        nights = self.nights
        return " ".join(nights.faults) if nights is not None else ""

    def arrange_panes(self) -> None:
        """Show what there is room for."""
        super().arrange_panes()
        self.strip.fit_into(*self.app.size)

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone, or known past."""
        self._setting = setting
        self.strip.set_setting(setting)
        self._tell_tonight()
        if self._tonight is not None:
            self._tonight.set_setting(setting)

    # Time: only what then reads otherwise is drawn, only what may be otherwise asked

    def turns(self) -> Iterable[datetime | None]:
        """Return when what is shown reads otherwise; every minute does so."""
        now = self.service.clock()
        yield now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        yield strip_turns_at(self.strip.runs, now)
        yield from self.questions_turn_at()

    def questions_turn_at(self) -> Iterable[datetime | None]:
        """Return when answers become others though nothing is written."""
        yield self._outlook.turns_at if self._outlook is not None else None

    def ask_again(self, changed: Changed) -> Coroutine[Any, Any, None]:
        """Ask again what may have changed."""
        raise NotImplementedError

    def schedule_tick(self) -> None:
        """Wake up when the first thing turns, and before that to look whether the clock jumped."""
        if self._tick is not None:
            self._tick.stop()
        now = self.service.clock()
        self._heed_jumps(now)
        at = min(turn for turn in self.turns() if turn is not None and turn > now)
        self._turns_at = at
        seconds = max(0.05, (at - now).total_seconds())
        self._tick = self.set_timer(min(seconds, _LOOK_UP), self._wake_up)

    def _wake_up(self) -> None:
        if self._turns_at is None or self._turns_at <= self.service.clock():
            self._on_tick()
        else:
            self.schedule_tick()

    def _heed_jumps(self, now: datetime) -> None:
        """Turn everything once the clock was put, or the machine has slept."""
        if self._jumps.seen(now):
            self._jumped = True
            self.turn_clock()
        if self._jumped and not self.service.poll.paused:
            self._jumped = False
            self.begin("jumped", self.ask_again, Changed.ALL)

    def _on_tick(self) -> None:
        try:
            self.turn_clock()
        finally:
            self.schedule_tick()
        now = self._setting.now
        due = any(turn is not None and turn <= now for turn in self.questions_turn_at())
        # While an answer is still to come it stays due: were it asked for anew each second, one
        # that takes longer would never come.
        if due and not self.service.poll.paused and not self._turning:
            self._turning = True
            self.begin("turn", self._turn)

    async def _turn(self) -> None:
        try:
            await self.ask_again(Changed.NOTHING)
        finally:
            self._turning = False

    def turn_clock(self) -> None:
        """Render by the present."""
        now, zone = self.service.clock(), self.service.zone
        self.set_setting(self._setting._replace(now=now, zone=zone))

    def action_zone(self) -> None:
        """Show times in the next zone: UTC, this machine's, the scheduler's."""
        from zos_monitor.tui.zones import next_zone

        nights = self.nights
        scheduler = nights.zone_name if nights is not None else None
        self.service.zone = next_zone(self.service.zone, scheduler, now=self.service.clock())
        self.turn_clock()
        self.service.poll.look_now()  # for a day in the filter is another span of time

    # Outlook

    def refresh_outlook(self, changed: Changed) -> None:
        """Have asked again what may have changed; the poll and the list need not wait for that."""
        self._outlook_due = changed | (self._outlook_due or Changed.NOTHING)
        if not self._asking_outlook:
            self._asking_outlook = True
            self.begin("outlook", self._ask_outlook)

    async def _ask_outlook(self) -> None:
        try:
            while self._outlook_due is not None:
                due, self._outlook_due = self._outlook_due, None
                await self.outlook.refresh(due)
                self.schedule_tick()
        finally:
            self._asking_outlook = False

    def _show_outlook(self) -> None:
        if not self.is_attached or self.app.return_code is not None:
            return
        outlook = self.outlook
        self.strip.show_runs(outlook.open_runs, outlook.lacking)
        self.status.attention = outlook.attention.words
        self._tell_tonight()
        known = outlook.pasts, outlook.origins
        if known != (self._setting.pasts, self._setting.origins):
            self.set_setting(self._setting._replace(pasts=known[0], origins=known[1]))
        self.tell_notice()
        self.show_nights()
        nights = outlook.told_nights if self._tonight is not None else None
        if self._tonight is not None and nights is not None:
            self._tonight.show(nights)

    @property
    def nights_refused(self) -> str:
        """Why the nights are not told; empty where they are, or will be."""
        return self._outlook.refused.get("nights", "") if self._outlook is not None else ""

    def ask_refused_again(self) -> None:
        """Have asked once more what was not offered: there may be another server by now."""
        if self._outlook is not None:
            self._outlook.refused.clear()

    def _tell_tonight(self) -> None:
        nights = self.nights
        if nights is not None:
            from zos_monitor.tui.tonight_text import tonight_words

            setting = self._setting
            self.status.tonight = tonight_words(nights, setting.now, setting.glyphs)
        elif self.nights_refused:
            self.status.tonight = "tonight: not offered"

    # Attention

    def _alarm(self) -> None:
        if self._bell:
            self.app.bell()

    def see_run(self, run_id: str | None) -> None:
        """Take note that a run is looked at; one that was looked at already is no news."""
        if run_id is not None and run_id != self._seen_run and self._outlook is not None:
            self.outlook.attention = self.outlook.attention.seen_run(run_id)
            self.status.attention = self.outlook.attention.words
        self._seen_run = run_id

    def action_attend(self) -> None:
        """Go to the run that has waited longest to be seen, else to what was missed."""
        run_id = self.outlook.attention.next_run
        if run_id is not None:
            self._seen_run = None
            self.see_run(run_id)
            self.begin("jump", self.show_run, run_id)
        elif self.outlook.attention.missed:
            self.action_tonight()

    # Nights

    def action_tonight(self) -> None:
        """Show what was to start tonight, and what became of it."""
        from zos_monitor.tui.tonight import TonightScreen

        def go_on(run_id: str | None) -> None:
            self._tonight = None
            if run_id is not None:
                self.begin("jump", self.show_run, run_id)

        self.outlook.attention = self.outlook.attention.seen_missed()
        self.status.attention = self.outlook.attention.words
        nights, refused = self.outlook.told_nights, self.nights_refused
        self._tonight = TonightScreen(self._setting, nights, refused=refused)
        self.app.push_screen(self._tonight, go_on)
