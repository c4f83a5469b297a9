"""Keys in a burst: each goes to where the one before has led.

Textual hands every key at once to what has the focus at that moment. What a key does comes later,
when it has gone from there to the app; so of ``/layer:x``, sent in one piece by a slow line or a
terminal's macro, the letters would go where the slash went, and do there what they stand for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.timer import Timer
from textual.widgets import Input

_ROUNDS = 3
"""Ways up from the focus after which all is done that a key leads to, message by message."""
_PATIENCE = 0.1
"""Seconds after which it is seen whether where the last key went has gone."""
_LONGEST = 20
"""Times that this is seen before the next is given all the same."""


_MOVES = {"j", "k", "g", "G", "up", "down", "left", "right", "pageup", "pagedown", "home", "end"}
_AT_ONCE = {"ctrl+q", "ctrl+c"}


class Passed(Message, namespace="key_order"):
    """Follows a key on its way up to the app."""


class KeyOrder:
    """Gives events of keys, mouse and paste to an app, each when the one before is done with.

    ``passed`` is to be called when ``Passed`` arrives at the app.
    """

    def __init__(self, app: App[Any], give: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._give = give
        self._waiting: deque[events.Event] = deque()
        self._last: events.Key | None = None  # the key that is not known to be done with
        self._where: MessagePump | None = None  # where that was given to
        self._followed: MessagePump | None = None  # where that is followed from
        self._rounds = 0
        self._looks = 0
        self._timer: Timer | None = None

    @property
    def _goal(self) -> MessagePump:
        return self._app.focused or self._app.screen

    async def take(self, event: events.Event) -> None:
        """Give an event to the app, now or in its turn."""
        if isinstance(event, events.Key) and event.key in _AT_ONCE:
            self._waiting.clear()
            await self._give(event)
        elif self._waiting or not self._goes_along(event):
            self._waiting.append(event)
            self._watch()
        else:
            await self._give_now(event)

    def _goes_along(self, event: events.Event) -> bool:
        """Tell whether an event may follow at once, for the last key can't lead elsewhere."""
        last = self._last
        if last is None or self._where is not self._goal:
            return True  # it has led elsewhere already
        if not isinstance(event, events.Key):
            return False
        typing = isinstance(self._app.focused, Input)
        stays = last.is_printable and event.is_printable if typing else last.key in _MOVES
        return stays or event.key == last.key

    async def _give_now(self, event: events.Event) -> None:
        goal = self._goal
        await self._give(event)
        if isinstance(event, events.Key):
            underway, self._last, self._where, self._rounds = self._last, event, goal, 0
            if underway is None:
                self._follow()

    def _follow(self) -> None:
        self._followed = self._goal
        if not self._followed.post_message(Passed()):
            self._app.call_later(self.passed)

    async def passed(self) -> None:
        """Give the next, if all is done that the last key has led to."""
        if self._last is None:
            return
        self._rounds += 1
        if self._rounds < _ROUNDS:
            self._app.call_later(self._follow)  # behind what the key has had called later
        elif self._waiting:
            self._app.call_later(self._give_next)
        else:
            self._last = None

    async def _give_next(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._last = None
        while self._waiting and self._goes_along(self._waiting[0]):
            await self._give_now(self._waiting.popleft())
        if self._waiting:
            self._watch()

    def _watch(self) -> None:
        """See to it that nothing waits for ever: a screen that is left takes its messages along."""
        if self._timer is None:
            self._looks = 0
            self._timer = self._app.set_interval(_PATIENCE, self._look)

    async def _look(self) -> None:
        self._looks += 1
        if self._looks > _LONGEST or self._goal is not self._followed:
            await self._give_next()
