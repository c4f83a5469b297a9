"""The driver that writes only what differs and sleeps while nothing happens.

It builds on Textual's own driver for POSIX terminals and replaces two of its parts: the thread
that reads keys, and the way that frames take to the terminal. ``driver_choice`` says where it is
used.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
from codecs import getincrementaldecoder
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING

from textual import events
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from zos_monitor.tui.driver_output import DriverOutput
from zos_monitor.tui.enduring_app import EnduringApp
from zos_monitor.tui.first_rows import ENTER
from zos_monitor.tui.screen_memory import ScreenMemory
from zos_monitor.tui.terminal_answers import ANSWER_SECONDS, TerminalAnswers

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

    from zos_monitor.tui.first_rows import FirstRows

SYNC_START = "\x1b[?2026h"
SYNC_END = "\x1b[?2026l"
HUNG_UP = 128 + signal.SIGHUP
"""The exit status when the terminal goes away."""

_NOT_DRAWN = re.compile(
    "(?:"
    "\x07"  # the bell
    "|\x1b\\[\\?(?:7|25|100\\d|101\\d|2004|2026|2048)(?:[hl]|\\$p)"  # modes that show nothing
    "|\x1b\\[[<>=][\\d;]*u"  # Kitty's keyboard protocol
    "|\x1b\\](?!8;)[^\x07\x1b]*(?:\x07|\x1b\\\\)"  # title, clipboard, shape of the pointer
    "|\x1bP(?:tmux;\x1b)?(?:\x1b\\]52;c;)?[A-Za-z0-9+/=]*\x07?\x1b\\\\"  # clipboard, wrapped
    ")+"
)
_OTHER_SCREEN = re.compile("\x1b\\[\\?1049[hl]")


class QuietDriver(LinuxDriver):
    """Textual's driver, with a memory of the screen and without a ticking clock."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._lock = RLock()  # for the memory, which the thread that writes asks too
        self._memory = ScreenMemory()
        self._output: DriverOutput | None = None
        self._showing = False
        self._synchronized = False
        self._told_size: Size | None = None
        self._wake: tuple[int, int] | None = None  # a pipe: the end to read, the end to write
        # The loop calls these between two callbacks; a handler that Python calls amid anything
        # could wait for a lock that is held by what it interrupted.
        self._loop.add_signal_handler(signal.SIGTSTP, self._sigtstp_application)
        self._loop.add_signal_handler(signal.SIGCONT, self._continued)

    # Output

    def write(self, data: str) -> None:
        """Send what is not a frame as it is; of a frame only what differs, when it can be sent.

        Frames that come while the app is suspended are sent when it goes on.
        """
        if data in (SYNC_START, SYNC_END):
            self._synchronized = True  # the terminal has said that it knows them
            return
        with self._lock:
            if self._take(data):
                self._show()
            elif _NOT_DRAWN.fullmatch(data):
                self._send(data)
            elif _OTHER_SCREEN.fullmatch(data):
                if not self._is_there(data):
                    self._send(data)
                self._memory.forget()
            else:
                before = self._make_frame() if self._showing else ""
                self._send(before + self._wrapped(data))
                self._memory.lose()

    def _is_there(self, data: str) -> bool:
        """Tell whether the switch to the alternate screen has been made for the first rows."""
        first_rows: FirstRows | None = getattr(self._app, "first_rows", None)
        return data == ENTER and first_rows is not None and first_rows.hand_over()

    def _take(self, data: str) -> bool:
        if self._memory.size != self._app.size:
            self._memory.resize(*self._app.size)
        return self._memory.take(data)

    def _send(self, data: str) -> None:
        if self._output is not None:
            self._output.send(data)

    def _show(self) -> None:
        if self._output is not None and self._showing:
            self._output.frame_due()

    def _make_frame(self) -> str:
        return self._wrapped(self._memory.changes())

    def _wrapped(self, text: str) -> str:
        return f"{SYNC_START}{text}{SYNC_END}" if text and self._synchronized else text

    def _next_frame(self) -> str:
        """Return the next frame; what goes wrong in the thread that writes ends the app."""
        try:
            return self._make_frame()
        except Exception as error:  # nobody would hear of it in this thread
            self._fail(error)
            return ""

    def _fail(self, error: Exception) -> None:
        """End the app because of an exception; for threads of our own."""
        if isinstance(self._app, EnduringApp):
            self._app.call_later(self._app.fail, error)
        else:
            self._app.call_later(self._app.panic)

    def forget(self) -> None:
        """Send the whole screen again."""
        with self._lock:
            self._memory.forget()
            self._show()

    def _resized(self, size: Size) -> None:
        """Rely on nothing that the terminal showed before its size changed."""
        with self._lock:
            self._told_size = size
            self._memory.forget()
            if self._memory.size == size:  # back at the old size: the app draws nothing for that
                self._show()

    # Life

    def start_application_mode(self) -> None:
        """Take over the terminal, or take it over again."""
        if self._output is None and self._file is not None:
            self._output = DriverOutput(self._file, self._lock, self._next_frame, self._hang_up)
        if self._wake is None:
            self._wake = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        stock_writer = self._writer_thread
        if stock_writer is None:
            return  # in the background: there is no terminal to be had
        self._writer_thread = None
        stock_writer.stop()
        self._follow_size()
        self._showing = True
        with self._lock:
            self._show()

    def _follow_size(self) -> None:
        self._told_size = Size(*self._get_terminal_size())
        stock_handler = signal.getsignal(signal.SIGWINCH)

        def resized() -> None:
            if callable(stock_handler):
                stock_handler(signal.SIGWINCH, None)
            self._resized(Size(*self._get_terminal_size()))

        self._loop.add_signal_handler(signal.SIGWINCH, resized)

    def stop_application_mode(self) -> None:
        """Leave the terminal as it was."""
        self._showing = False
        if self._output is not None:
            self._output.frame_due(False)
        super().stop_application_mode()

    def close(self) -> None:
        """Wait until the terminal has taken the last of what is to be sent."""
        super().close()
        if self._output is not None:
            self._output.close()
            self._output = None

    def _continued(self) -> None:
        """Go on after a stop, also after one that could not be prepared for."""
        if self._auto_restart and self._showing:
            self.suspend_application_mode()
            self.resume_application_mode()
        elif self._auto_restart and self._must_signal_resume:
            self.resume_application_mode()

    def _hang_up(self) -> None:
        """Leave because the terminal has gone; may be called in any thread."""
        self._app.call_later(partial(self._app.exit, return_code=HUNG_UP))

    # Input

    def disable_input(self) -> None:
        """Read no more keys."""
        if self._wake is not None:
            os.write(self._wake[1], b"\0")
        super().disable_input()
        if self._wake is not None:
            for end in self._wake:
                os.close(end)
            self._wake = None

    def run_input_thread(self) -> None:
        """Pass on what is typed, until told to stop or the terminal has gone."""
        try:
            self._pass_on_keys()
        except Exception as error:  # else no key would do anything any more
            self._fail(error)

    def _pass_on_keys(self) -> None:
        assert self._wake is not None
        wake, parser, answers = self._wake[0], XTermParser(self._debug), TerminalAnswers()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            selector.register(self.fileno, selectors.EVENT_READ)
            while True:
                patience = ANSWER_SECONDS if answers.are_begun else _patience(parser)
                ready = {key.fd for key, _ in selector.select(patience)}
                if wake in ready:
                    return
                if self.fileno in ready:
                    data = _read(self.fileno)
                    if not data:
                        self._hang_up()
                        return
                    keys = answers.keys(decode(data))
                else:
                    keys = answers.given_up()
                if keys:
                    for message in parser.feed(keys):
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)

    def process_message(self, message: Message) -> None:
        """Pass on a message from the terminal."""
        if isinstance(message, events.Resize) and message.size != self._told_size:
            self._resized(message.size)
        super().process_message(message)


def _read(fileno: int) -> bytes:
    """Return what has been typed; nothing at the end of the file, or when the terminal is gone."""
    try:
        return os.read(fileno, 4096)
    except OSError:
        return b""


def _patience(parser: XTermParser) -> float | None:
    """Return the seconds until a lone Escape is one: None while no sequence is unfinished."""
    deadline = parser._timeout_time
    return None if deadline is None else max(0.0, deadline - get_time()) + 0.001
