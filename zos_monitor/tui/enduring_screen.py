"""A screen that does work beside all else, and outlives what goes wrong in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from textual.timer import Timer

from zos_monitor.model.changes import Change
from zos_monitor.model.faults import NotOffered
from zos_monitor.questions import Service
from zos_monitor.tui.mishaps import GONE, TOLD_SECONDS, Mishaps
from zos_monitor.tui.panes import PanedScreen
from zos_monitor.tui.refusals import refusal_words
from zos_monitor.tui.widgets.status_line import StatusLine

_AGAIN_SECONDS = 1.0  # until changes are followed again


class EnduringScreen(PanedScreen):
    """A paned screen that tells of its mishaps, and has everything asked again after them."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.mishaps = Mishaps(
            service.clock, on_news=self._show_mishaps, ask_again=lambda: service.poll.suspect()
        )
        self._telling: Timer | None = None

    def tell_notice(self) -> None:
        """Say what is wrong for as long as it lasts."""
        raise NotImplementedError

    def tell_refusal(self, words: str) -> None:
        """Say that what was just asked for is not offered."""
        raise NotImplementedError

    @property
    def left(self) -> bool:
        """Whether the screen is being left: widgets go before the workers do."""
        return self.app.return_code is not None or not self.query(StatusLine)

    def begin(
        self, group: str, work: Callable[..., Coroutine[Any, Any, None]], *arguments: object
    ) -> None:
        """Do work beside all else, in place of what is still going on in its group."""
        # No coroutine is made yet: one that is replaced before it has begun would complain.
        begun = partial(self._work, work, *arguments)
        self.run_worker(begun, group=group, exclusive=True)  # type: ignore[arg-type]

    async def _work(
        self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: object
    ) -> None:
        try:
            await work(*arguments)
        except NotOffered as refusal:
            self.tell_refusal(refusal_words(refusal))
        except Exception as error:  # whatever it is, the dashboard stays up
            if not (isinstance(error, GONE) and self.left):
                self.outlive(error, "work in the background")

    async def follow_poll(self, take: Callable[[Change], Coroutine[Any, Any, None]]) -> None:
        """Have each change taken up, for as long as the screen lives."""
        while True:
            changes = self.service.changes()
            try:
                async for change in changes:
                    if self.left:
                        return
                    await take(change)
            except Exception as error:  # else nothing would ever be asked again
                if self.left:
                    return
                self.outlive(error, "taking up what has changed")
                await asyncio.sleep(_AGAIN_SECONDS)
            finally:
                close = getattr(changes, "aclose", None)
                if close is not None:
                    await close()

    def outlive(self, error: Exception, doing: str) -> None:
        """Tell of an exception for a while, and have everything asked again."""
        self.mishaps.note(error, doing)
        self.service.poll.suspect()

    def _show_mishaps(self) -> None:
        if not self.is_attached or self.left:
            return
        if self._telling is not None:
            self._telling.stop()
        self._telling = self.set_timer(TOLD_SECONDS, self._told) if self.mishaps.passing else None
        self.tell_notice()

    def _told(self) -> None:
        """Tell it no longer, unless something has lain over it."""
        if self.is_current:
            self.mishaps.forget()
        else:
            self._show_mishaps()
